"""Whatever may arrive: random requests, the same ones in each `make test`, new ones in `make fuzz`.

`make fuzz` loads the profile of that name (`--hypothesis-profile=fuzz`), which tries for longer
and keeps what it finds in `.hypothesis`.
"""

from hypothesis import HealthCheck, Phase, settings

FUZZ = "fuzz"
_LONG = 5_000  # examples of each

settings.register_profile(
    FUZZ,
    max_examples=_LONG,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def examples(few: int) -> settings:
    """So many of them, always the same, unless it is for longer."""
    if settings.get_current_profile_name() == FUZZ:
        return settings.get_profile(FUZZ)
    return settings(
        max_examples=few,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),  # `make fuzz` looks for the shortest
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
