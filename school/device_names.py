"""Names that Zoom shows where nobody typed one: of a device, or of nobody in particular."""

import re
import unicodedata

from school.names import normalised_name

_LETTERS = re.compile(r"[^\W\d_]+")
_MODEL = re.compile(r"(?<!\w)(?:sm|mi|rmx|cph|lg|moto)[-_ ]?[a-z]?\d{2,}", re.ASCII)
_INITIAL = re.compile(r"[^\W\d_]\.")  # all that may be stored of a name: school.initials
_ARTICLE = "ال"
_FEWEST_LETTERS = 2

# What a device calls itself; one of these words, wherever it stands, and it is no person's name.
_DEVICES = (
    # Latin
    "iphone ipad ipod imac macbook galaxy samsung redmi xiaomi poco huawei oppo vivo realme "
    "tecno infinix itel nokia pixel oneplus motorola lenovo thinkpad ideapad acer asus toshiba "
    "android desktop laptop tablet windows chromebook smartphone phone mobile computer pc "
    # Arabic
    "ايفون آيفون أيفون ايباد آيباد أيباد سامسونج سامسونغ جالاكسي غالاكسي جلاكسي هواوي شاومي "
    "ريدمي أوبو اوبو فيفو ريلمي تكنو انفنكس نوكيا أندرويد اندرويد جهاز هاتف جوال موبايل محمول "
    "حاسوب كمبيوتر لابتوب تابلت "
    # Ethiopic
    "አይፎን አይፓድ ሳምሰንግ ጋላክሲ ሁዋዌ ሁዋዊ ሬድሚ ሻኦሚ ቴክኖ ኢንፊኒክስ ኖኪያ አንድሮይድ ስልክ ሞባይል "
    "ኮምፒውተር ኮምፒዩተር ላፕቶፕ ታብሌት"
)

# What stands for nobody in particular, where nothing but these words and numbers is said.
_ANYBODY = (
    "zoom zoomuser user guest admin host me unknown anonymous participant attendee student mac "
    "test caller "
    "زووم زوم مستخدم مستخدمة ضيف ضيفة مشارك مشاركة طالب طالبة مجهول أنا انا "
    "ዙም ተጠቃሚ እንግዳ ተሳታፊ ተማሪ እኔ"
)


def is_proper_name(name: str) -> bool:
    """Whether a name as Zoom shows it is one that a person may bear: `Khadija`, not `iPhone 12`.

    In doubt it is not: then somebody is asked.
    """
    plain = _without_marks(normalised_name(name))
    words = [_without_article(word) for word in _LETTERS.findall(plain)]
    is_short = sum(map(len, words)) < _FEWEST_LETTERS and not _INITIAL.fullmatch(plain)
    if is_short or _MODEL.search(plain):
        return False
    return not _DEVICES_PLAIN & set(words) and not set(words) <= _ANYBODY_PLAIN


def is_of_nobody(word: str) -> bool:
    """Whether one word of a name is a device's, or stands for nobody in particular."""
    plain = _without_marks(normalised_name(word))
    if _MODEL.match(plain):
        return True
    letters = [_without_article(one) for one in _LETTERS.findall(plain)]
    return bool(letters) and set(letters) <= _DEVICES_PLAIN | _ANYBODY_PLAIN


def _without_marks(text: str) -> str:
    """Without vowel signs, and with one kind of alef."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _without_article(word: str) -> str:
    bare = word.removeprefix(_ARTICLE)
    return bare if bare in _DEVICES_PLAIN | _ANYBODY_PLAIN else word


_DEVICES_PLAIN = frozenset(_without_marks(_DEVICES).split())
_ANYBODY_PLAIN = frozenset(_without_marks(_ANYBODY).split())
