"""Uploads, kept for getFile, and the sizes of pictures."""

import mimetypes
import struct
from itertools import count

from sandbox.telegram.call import Call, Upload
from sandbox.telegram.model import StoredFile
from sandbox.telegram.problems import bad_request

_PHOTO_LIMIT = 10 * 1024 * 1024
_FILE_LIMIT = 50 * 1024 * 1024
_SIDES_LIMIT = 10_000  # width and height of a photo together
_RATIO_LIMIT = 20
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
_SEGMENT = b"\xff"
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class Files:
    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._numbers = count()

    def find(self, file_id: str) -> StoredFile | None:
        return self._by_id.get(file_id)

    def by_path(self, path: str) -> StoredFile | None:
        return next((file for file in self._by_id.values() if file.path == path), None)

    def photo(self, call: Call) -> StoredFile:
        upload = call.upload("photo")
        if upload is None:
            return self._again(call.text("photo"))
        if len(upload.content) > _PHOTO_LIMIT:
            raise bad_request("file is too big for a photo")
        return self._keep(upload, "photos", _picture_size(upload.content))

    def document(self, call: Call) -> StoredFile:
        upload = call.upload("document")
        return self._keep(upload, "documents") if upload else self._again(call.text("document"))

    def _again(self, file_id: str) -> StoredFile:
        file = self._by_id.get(file_id)
        if file is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return file

    def _keep(self, upload: Upload, folder: str, size: tuple[int, int] | None = None) -> StoredFile:
        if not upload.content:
            raise bad_request("file must be non-empty")
        if len(upload.content) > _FILE_LIMIT:
            raise bad_request("file is too big")
        number = next(self._numbers)
        extension = upload.name.rpartition(".")[2] if "." in upload.name else "bin"
        mime_type = mimetypes.guess_type(upload.name)[0] or upload.mime_type
        file = StoredFile(
            f"sandbox-file-{number}",
            f"{folder}/file_{number}.{extension}",
            upload.name,
            mime_type,
            upload.content,
            size,
        )
        self._by_id[file.id] = file
        return file


def _picture_size(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG or JPEG; refused where it is neither, or out of proportion."""
    size = _png_size(content) or _jpeg_size(content)
    if size is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    if sum(size) > _SIDES_LIMIT or max(size) > _RATIO_LIMIT * min(size):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return size


def _png_size(content: bytes) -> tuple[int, int] | None:
    if not content.startswith(_PNG) or content[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Walks the segments to the frame header, which has the size."""
    if not content.startswith(_JPEG):
        return None
    at = len(_JPEG)
    while content[at : at + 1] == _SEGMENT:
        length = int.from_bytes(content[at + 2 : at + 4])
        if content[at + 1] in _FRAME_HEADERS and len(content) >= at + 9:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None
