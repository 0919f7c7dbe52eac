import pickle
import re

import pytest

from storage.sealing import (
    MARK_LENGTH,
    DataKey,
    DataKeyProblem,
    DataKeys,
    RowId,
    SealBroken,
    UnknownKey,
    Vault,
    new_data_key,
)

INDEX_KEY = b"i" * 32


@pytest.fixture
def vault() -> Vault:
    return Vault(DataKeys.parse(new_data_key()), INDEX_KEY)


@pytest.mark.parametrize("row_id", [7, -7, 2**62, "7:2", b"\x00digest"])
@pytest.mark.parametrize("value", ["", "Aisha", "خديجة 📗", "x" * 10_000])
def test_a_sealed_value_opens_in_its_place(vault: Vault, row_id: RowId, value: str) -> None:
    sealed = vault.seal("person", "sealed_name", row_id, value)
    assert vault.open("person", "sealed_name", row_id, sealed) == value


def test_the_same_value_seals_differently_each_time(vault: Vault) -> None:
    assert len({vault.seal("person", "sealed_name", 7, "Aisha") for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "place",
    [
        ("person", "sealed_name", 8),
        ("person", "sealed_username", 7),
        ("student", "sealed_name", 7),
        ("person", "sealed_name", "7"),
        ("person", "sealed_name", b"7"),
        ("persons", "ealed_name", 7),
    ],
)
def test_a_value_moved_to_another_place_does_not_open(
    vault: Vault, place: tuple[str, str, RowId]
) -> None:
    sealed = vault.seal("person", "sealed_name", 7, "Aisha")
    with pytest.raises(SealBroken):
        vault.open(*place, sealed)


def test_a_value_changed_in_any_byte_does_not_open(vault: Vault) -> None:
    sealed = vault.seal("person", "sealed_name", 7, "Aisha")
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(SealBroken):
            vault.open("person", "sealed_name", 7, bytes(changed))


def test_a_value_cut_short_does_not_open(vault: Vault) -> None:
    sealed = vault.seal("person", "sealed_name", 7, "Aisha")
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            vault.open("person", "sealed_name", 7, sealed[:length])


def test_nothing_stays_nothing(vault: Vault) -> None:
    assert vault.seal_optional("person", "sealed_name", 7, None) is None
    assert vault.open_optional("person", "sealed_name", 7, None) is None
    sealed = vault.seal_optional("person", "sealed_name", 7, "Aisha")
    assert vault.open_optional("person", "sealed_name", 7, sealed) == "Aisha"


def test_half_a_surrogate_pair_is_replaced(vault: Vault) -> None:
    sealed = vault.seal("person", "sealed_name", 7, "Ai\ud83dsha")
    assert vault.open("person", "sealed_name", 7, sealed) == "Ai?sha"
    assert len(vault.index("name", "Ai\ud83dsha")) == 32


def test_a_retired_key_still_opens_and_the_newest_seals() -> None:
    old, new = new_data_key(), new_data_key()
    before = Vault(DataKeys.parse(old), INDEX_KEY)
    between = Vault(DataKeys.parse(f"{new},{old}"), INDEX_KEY)
    after = Vault(DataKeys.parse(new), INDEX_KEY)
    sealed = before.seal("person", "sealed_name", 7, "Aisha")
    assert between.open("person", "sealed_name", 7, sealed) == "Aisha"
    resealed = between.reseal("person", "sealed_name", 7, sealed)
    assert after.open("person", "sealed_name", 7, resealed) == "Aisha"
    assert resealed[:MARK_LENGTH] == after.mark != before.mark
    with pytest.raises(UnknownKey, match="DATA_KEY=new,old"):
        after.open("person", "sealed_name", 7, sealed)
    with pytest.raises(UnknownKey):
        before.open("person", "sealed_name", 7, resealed)


def test_an_index_is_the_same_for_the_same_purpose_and_value_only(vault: Vault) -> None:
    assert vault.index("name", "aisha") == vault.index("name", "aisha")
    others = [("name", "musa"), ("email", "aisha"), ("namea", "isha"), ("", "nameaisha")]
    assert vault.index("name", "aisha") not in {vault.index(*other) for other in others}
    other_school = Vault(DataKeys.parse(new_data_key()), b"o" * 32)
    assert vault.index("name", "aisha") != other_school.index("name", "aisha")


@pytest.mark.parametrize(
    "text",
    ["", " , ", "secret", "é" * 43, "!" * 43, "A" * 42, "A" * 44, "A" * 42 + "B", "A" * 43 + ",x"],
)
def test_a_malformed_data_key_is_refused_with_the_next_step(text: str) -> None:
    with pytest.raises(DataKeyProblem, match=r"main\.py key") as refused:
        DataKeys.parse(text)
    assert "A" * 40 not in str(refused.value)


def test_a_new_data_key_can_be_used_and_is_never_the_same() -> None:
    keys = {new_data_key() for _ in range(100)}
    assert len(keys) == 100
    for key in keys:
        assert DataKeys.parse(f" {key} ,").newest == DataKeys.parse(key).newest


def test_keys_do_not_show_when_printed() -> None:
    text = new_data_key()
    keys = DataKeys.parse(text)
    shown = repr(keys) + str(keys)
    assert text not in shown
    assert repr(keys.newest.file_key) not in shown
    assert keys.newest.file_key.hex() not in shown


def test_another_process_of_the_program_opens_what_this_one_sealed(vault: Vault) -> None:
    sealed = vault.seal("person", "sealed_name", 7, "Aisha")
    there = pickle.loads(pickle.dumps(vault))  # noqa: S301  our own
    assert there.open("person", "sealed_name", 7, sealed) == "Aisha"
    assert there.index("name", "Aisha") == vault.index("name", "Aisha")


def test_no_key_is_in_what_a_key_looks_like() -> None:
    keys = DataKeys.parse(new_data_key())
    assert "key=" not in repr(keys).replace("file_key=", "").replace("sealing_key=", "")
    assert repr(keys.newest).count("=") == 1  # its id alone


# What earlier versions of the program have written


_KEY = "c2Nob29sLWJvdC1leGFtcGxlLWtleS1vZi0zMi1ieXQ"


def test_a_data_key_gives_the_same_keys_for_ever() -> None:
    key = DataKeys.parse(_KEY).newest
    assert key.key_id.hex() == "0e5bfd2b"
    assert key.file_key.hex() == (
        "a92552b86a34307a2f82b3e49b43e6b5fc9e3337e5f0aeae640f2f0341d20e11"
    )


@pytest.mark.parametrize(
    ("place", "sealed"),
    [
        (
            ("person", "sealed_name", 7),
            "010e5bfd2b0c2c0aa6ae4f026288f415b1c8cf16013b512fac993e367718ff3c2c743033cbb101c7",
        ),
        (
            ("presence", "sealed_name", "7:2"),
            "010e5bfd2b365f4115df7736826903b020c3e31612d02b8460b8138e2915455f737d355ccca95fad",
        ),
        (
            ("zoom_event", "sealed_body", b"\x00digest"),
            "010e5bfd2b56bfacca288f26c12af8d4519b7b7ac56a9b21439c3d2657a30824e183353007a77723",
        ),
    ],
)
def test_what_was_sealed_long_ago_still_opens(place: tuple[str, str, RowId], sealed: str) -> None:
    vault = Vault(DataKeys.parse(_KEY), INDEX_KEY)
    assert vault.open(*place, bytes.fromhex(sealed)) == "Khadija"


def test_an_index_finds_what_was_stored_long_ago() -> None:
    assert Vault(DataKeys.parse(_KEY), INDEX_KEY).index("name", "khadija").hex() == (
        "80a24171be8904dcf292742810e15a79309647b72ce2c7d29b3c877400b65a20"
    )


def test_a_new_data_key_is_43_letters_that_any_shell_takes() -> None:
    for _ in range(100):
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", new_data_key())


def test_a_key_may_be_written_with_its_padding_and_with_nothing_else() -> None:
    assert DataKeys.parse(f"{_KEY}=") == DataKeys.parse(_KEY)
    for more in ("X", "\n", " =", "=X"):
        with pytest.raises(DataKeyProblem):
            DataKey.parse(f"{_KEY}{more}")


def test_an_empty_data_key_says_what_to_do() -> None:
    with pytest.raises(DataKeyProblem, match=r"^DATA_KEY is empty: make one .* elsewhere\.$"):
        DataKeys.parse("")


def test_another_process_has_the_same_keys() -> None:
    keys = DataKeys.parse(f"{new_data_key()},{_KEY}")
    there = pickle.loads(pickle.dumps(keys))  # noqa: S301  our own
    assert there == keys
    assert (there.newest.file_key, there.newest.key_id) == (
        keys.newest.file_key,
        keys.newest.key_id,
    )


def test_what_does_not_open_says_why_and_no_more(vault: Vault) -> None:
    sealed = vault.seal("person", "sealed_name", 7, "Aisha")
    with pytest.raises(SealBroken) as broken:
        vault.open("person", "sealed_name", 8, sealed)
    assert str(broken.value) == "a sealed value was altered or moved and does not open"
    with pytest.raises(UnknownKey) as unknown:
        vault.open("person", "sealed_name", 7, b"\x01????" + sealed[MARK_LENGTH:])
    assert str(unknown.value) == (
        "person.sealed_name was sealed under a key that is not in DATA_KEY: "
        "write the earlier key after the present one, DATA_KEY=new,old."
    )
