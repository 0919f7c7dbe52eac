"""Who is who among connections."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from school.facts import Participant
from school.identity import Credentials, Person, people, strong_keys
from school.names import normalised_name

HOSTS = {"host"}


def connection(
    name: str = "", *, zoom: str = "", registrant: str = "", email: str = ""
) -> Credentials:
    who = Participant(display_name=name, zoom_user_id=zoom, registrant_id=registrant, email=email)
    return Credentials(frozenset(strong_keys(who, HOSTS)), normalised_name(name))


def groups(*connections: Credentials) -> set[frozenset[int]]:
    return {frozenset(person.connections) for person in people(connections)}


def test_the_same_account_is_one_person_whatever_the_name() -> None:
    assert groups(connection("Ali", zoom="z"), connection("Omar", zoom="z")) == {frozenset({0, 1})}


def test_different_accounts_are_two_people_whatever_the_name() -> None:
    found = groups(connection("Ali", zoom="y"), connection("Ali", zoom="z"))
    assert found == {frozenset({0}), frozenset({1})}


def test_different_kinds_of_strong_keys_are_different_people_whatever_the_name() -> None:
    found = groups(connection("Ali", zoom="y"), connection("Ali", email="a@example.org"))
    assert found == {frozenset({0}), frozenset({1})}


def test_e_mail_addresses_differ_in_more_than_case() -> None:
    one, other = connection("A", email="Ali@Example.org"), connection("B", email="ali@example.org")
    assert groups(one, other) == {frozenset({0, 1})}


def test_a_connection_that_has_both_keys_joins_those_that_have_one_each() -> None:
    account, mail = connection("A", zoom="z"), connection("B", email="a@example.org")
    both = connection("C", zoom="z", email="a@example.org")
    assert groups(account, mail, both) == {frozenset({0, 1, 2})}


def test_a_guest_belongs_to_the_one_person_who_bears_the_name() -> None:
    assert groups(connection("Ali", zoom="z"), connection(" ALI")) == {frozenset({0, 1})}


def test_a_guest_whose_name_two_people_bear_is_a_person_apart_and_ambiguous() -> None:
    two = [connection("Ali", zoom="y"), connection("Ali", zoom="z")]
    found = people([*two, connection("Ali"), connection("Ali")])
    assert Person(connections=(2, 3), is_host=False, ambiguous=True) in found
    assert sum(person.ambiguous for person in found) == 1
    assert len(found) == 3


def test_guests_of_one_name_are_one_person() -> None:
    assert groups(connection("Ali"), connection("ali")) == {frozenset({0, 1})}


def test_guests_without_a_name_are_not_thrown_together() -> None:
    assert groups(connection(), connection()) == {frozenset({0}), frozenset({1})}


def test_a_guest_with_the_hosts_name_is_the_host_on_another_device() -> None:
    (person,) = people([connection("Aisha", zoom="host"), connection("Aisha")])
    assert person.is_host


credentials = st.builds(
    connection,
    st.sampled_from(["", "Ali", "ali", "Omar"]),
    zoom=st.sampled_from(["", "", "host", "y", "z"]),
    registrant=st.sampled_from(["", "", "r"]),
    email=st.sampled_from(["", "", "a@example.org", "b@example.org"]),
)


@given(st.lists(credentials, max_size=10), st.randoms(use_true_random=False))
def test_everybody_is_somebody_once_in_whatever_order_they_come(
    connections: list[Credentials], random: Random
) -> None:
    order = list(range(len(connections)))
    random.shuffle(order)
    found = people([connections[index] for index in order])
    assert sorted(index for person in found for index in person.connections) == sorted(order)
    back = {frozenset(order[index] for index in person.connections) for person in found}
    assert back == groups(*connections)


@given(st.lists(credentials, max_size=10))
def test_names_never_join_two_people_who_have_strong_keys(connections: list[Credentials]) -> None:
    for person in people(connections):
        strong = [connections[index] for index in person.connections]
        strong = [one for one in strong if one.strong]
        alone = groups(*strong) if strong else set()
        assert len(alone) <= 1
