"""Names that nobody typed."""

import pytest

from school.device_names import is_proper_name


@pytest.mark.parametrize(
    "name",
    [
        *("Khadija", "Ahmed Ali", "Um Abdullah", "José", "Ali 2", "Abū Bakr", "Galina", "Mi Lan"),
        *("خديجة", "أحمد بن علي", "أُمّ عبد الله", "عبد الرحمن"),
        *("ኸዲጃ", "አህመድ አሊ", "ፋጡማ"),
    ],
)
def test_names_of_people(name: str) -> None:
    assert is_proper_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("iPhone", "iPhone 12", "IPHONE", "iPhone12", "iPad Air", "Galaxy A52s", "Redmi Note 9"),
        *("HUAWEI P30", "Samsung SM-A515F", "SM-G973F", "DESKTOP-7F3K2", "LAPTOP-AB12", "Android"),
        *("Zoom user", "Zoom User 3", "user", "USER 12", "Guest", "student 4", "me", "Mi 10"),
        *("Khadija's iPhone", "iPhone de Fatima", "Ahmed phone", "07", "12345", "🌙", "", "A"),
        *("آيفون", "ايفون خديجة", "جهاز الآيفون", "سامسونج", "جالاكسي A52", "هواوي", "مستخدم زووم"),
        *("الضيف", "٠٧٧", "آيفُون"),
        *("አይፎን", "ሳምሰንግ ጋላክሲ", "የዙም ተጠቃሚ ስልክ", "ተጠቃሚ", "እንግዳ 2"),
    ],
)
def test_names_of_devices_and_of_nobody(name: str) -> None:
    assert not is_proper_name(name)
