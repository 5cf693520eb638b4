from datetime import timedelta

import pytest

from app.adapters.local_limiter import LocalLimiter
from app.domain.errors import Forbidden, RateLimited, Unauthenticated
from app.domain.ids import JobId, KeyId, OrganizationId, ProjectId, UserId
from app.domain.keys import format_key
from app.domain.principal import AllProjects, Only, Permission, Scope, permissions_of
from app.domain.work import Job
from app.identity.attempts import ALTOGETHER, BY_ADDRESS, BY_KEY
from app.identity.authenticate import Authenticator
from tests.unit.identity.people import START, TENANT, HandClock, ListedKeys

HOME, AWAY = "192.0.2.1", "198.51.100.7"
KEY = KeyId("key_00000000000000000000000001")
WRONG = format_key(KEY, b"\xff" * 32)
UNKNOWN = format_key(KeyId("key_00000000000000000000000099"), b"\xff" * 32)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def keys(clock: HandClock) -> ListedKeys:
    return ListedKeys(clock)


@pytest.fixture
def authenticator(clock: HandClock, keys: ListedKeys) -> Authenticator:
    return Authenticator(directory=keys, clock=clock, limiter=LocalLimiter(clock))


def a_job(key: KeyId | None, end_user: UserId | None = None) -> Job:
    return Job(
        id=JobId("job_1"),
        name="extract",
        project=None,
        arguments={},
        actor="somebody",
        key=key,
        end_user=end_user,
        due_at=START,
        created_at=START,
        updated_at=START,
    )


async def test_a_key_opens_what_it_was_issued_for(authenticator: Authenticator, keys: ListedKeys) -> None:
    user, project = UserId("usr_1"), ProjectId("prj_1")
    expires_at = START + timedelta(days=1)
    text = keys.issue(
        scopes=frozenset({Scope.READ}), projects=frozenset({project}), end_user=user, expires_at=expires_at
    )
    principal = await authenticator.by_key(text, address=HOME)
    assert principal.tenant == TENANT
    assert principal.actor == KEY
    assert principal.visible == Only(frozenset({project}))
    assert principal.permissions == frozenset({Permission.MEMORY_READ})
    assert principal.credential.key == KEY
    assert principal.credential.expires_at == expires_at
    assert principal.end_user == user


@pytest.mark.parametrize("scope", list(Scope))
async def test_r4_20_scopes_become_permissions(authenticator: Authenticator, keys: ListedKeys, scope: Scope) -> None:
    principal = await authenticator.by_key(keys.issue(scopes=frozenset({scope})), address=HOME)
    assert principal.permissions == permissions_of([scope])
    assert principal.visible == AllProjects()


@pytest.mark.parametrize("text", ["", "garbage", WRONG, UNKNOWN, WRONG[:-1] + "a"])
async def test_r4_18_whatever_is_wrong_looks_alike(authenticator: Authenticator, keys: ListedKeys, text: str) -> None:
    keys.issue()
    with pytest.raises(Unauthenticated) as caught:
        await authenticator.by_key(text, address=HOME)
    assert caught.value.message == Unauthenticated().message


async def test_r4_21_a_revoked_key_stops_within_a_second(
    authenticator: Authenticator, keys: ListedKeys, clock: HandClock
) -> None:
    text = keys.issue()
    principal = await authenticator.by_key(text, address=HOME)
    keys.revoke()
    clock.forward(0.6)
    with pytest.raises(Unauthenticated):
        await authenticator.by_key(text, address=HOME)
    assert not await authenticator.still_valid(principal)


async def test_r4_21_an_expired_key_stops_at_once(
    authenticator: Authenticator, keys: ListedKeys, clock: HandClock
) -> None:
    text = keys.issue(expires_at=START + timedelta(seconds=10))
    principal = await authenticator.by_key(text, address=HOME)
    clock.forward(10)
    with pytest.raises(Unauthenticated):
        await authenticator.by_key(text, address=HOME)
    assert not await authenticator.still_valid(principal)


async def test_r4_21_the_keys_of_a_deactivated_member_open_nothing(
    authenticator: Authenticator, keys: ListedKeys
) -> None:
    text = keys.issue()
    keys.deactivate()
    with pytest.raises(Unauthenticated):
        await authenticator.by_key(text, address=HOME)


async def test_r4_23_use_is_noted_once_a_minute(
    authenticator: Authenticator, keys: ListedKeys, clock: HandClock
) -> None:
    text = keys.issue()
    for _ in range(119):
        await authenticator.by_key(text, address=HOME)
        clock.forward(1)
    assert keys.touches == [(KEY, START), (KEY, START + timedelta(minutes=1))]


async def test_r4_23_two_keys_live_side_by_side(authenticator: Authenticator, keys: ListedKeys) -> None:
    old, new = keys.issue(1), keys.issue(2)
    assert (await authenticator.by_key(old, address=HOME)).actor == KEY
    assert (await authenticator.by_key(new, address=HOME)).actor == "key_00000000000000000000000002"


async def test_a_store_that_cannot_be_written_is_still_read(authenticator: Authenticator, keys: ListedKeys) -> None:
    text = keys.issue()
    keys.writable = False
    assert (await authenticator.by_key(text, address=HOME)).actor == KEY


async def test_half_a_second_of_requests_is_one_look_up(authenticator: Authenticator, keys: ListedKeys) -> None:
    text = keys.issue()
    for _ in range(50):
        await authenticator.by_key(text, address=HOME)
    assert keys.lookups == 1


async def fails(authenticator: Authenticator, text: str, *, address: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises(Unauthenticated):
            await authenticator.by_key(text, address=address)


async def test_r4_24_an_address_that_guesses_is_not_heard(
    authenticator: Authenticator, keys: ListedKeys, clock: HandClock
) -> None:
    keys.issue()
    await fails(authenticator, WRONG, address=AWAY, times=BY_ADDRESS)
    with pytest.raises(RateLimited) as caught:
        await authenticator.by_key(WRONG, address=AWAY)
    assert caught.value.retry_after == pytest.approx(60 / BY_ADDRESS)
    before = keys.lookups
    with pytest.raises(RateLimited):
        await authenticator.by_key(WRONG, address=AWAY)
    assert keys.lookups == before
    clock.forward(60 / BY_ADDRESS)
    await fails(authenticator, WRONG, address=AWAY, times=1)


async def test_r4_24_unknown_ids_are_counted_like_known_ones(authenticator: Authenticator, keys: ListedKeys) -> None:
    keys.issue()
    for text in (WRONG, UNKNOWN):
        address = f"address of {text}"
        await fails(authenticator, text, address=address, times=BY_ADDRESS)
        with pytest.raises(RateLimited):
            await authenticator.by_key(text, address=address)


async def test_r4_24_guessing_one_key_from_everywhere_is_slowed_and_its_owner_gets_in(
    authenticator: Authenticator, keys: ListedKeys
) -> None:
    text = keys.issue()
    for number in range(BY_KEY):
        await fails(authenticator, WRONG, address=f"203.0.113.{number}", times=1)
    with pytest.raises(RateLimited):
        await authenticator.by_key(WRONG, address="203.0.113.200")
    assert (await authenticator.by_key(text, address=HOME)).actor == KEY


async def test_r4_24_guessing_is_limited_altogether(authenticator: Authenticator) -> None:
    for number in range(ALTOGETHER):
        await fails(authenticator, f"guess {number}", address=f"10.0.{number // 250}.{number % 250}", times=1)
    with pytest.raises(RateLimited):
        await authenticator.by_key("one more", address="10.9.9.9")


async def test_r4_24_a_key_that_was_right_is_heard_even_beside_a_guesser(
    authenticator: Authenticator, keys: ListedKeys
) -> None:
    text = keys.issue()
    await authenticator.by_key(text, address=HOME)
    await fails(authenticator, WRONG, address=HOME, times=BY_ADDRESS)
    with pytest.raises(RateLimited):
        await authenticator.by_key(WRONG, address=HOME)
    assert (await authenticator.by_key(text, address=HOME)).actor == KEY


async def test_r4_24_addresses_of_one_ipv6_customer_are_one(authenticator: Authenticator) -> None:
    for number in range(BY_ADDRESS):
        await fails(authenticator, "guess", address=f"2001:db8:1:2::{number:x}", times=1)
    with pytest.raises(RateLimited):
        await authenticator.by_key("guess", address="2001:db8:1:2:ffff::1")
    await fails(authenticator, "guess", address="2001:db8:1:3::1", times=1)


async def test_r4_9_a_job_has_the_rights_its_key_has_now(
    authenticator: Authenticator, keys: ListedKeys, clock: HandClock
) -> None:
    keys.issue(scopes=frozenset({Scope.READ}))
    assert (await authenticator.for_job(TENANT, a_job(KEY))).permissions == permissions_of([Scope.READ])
    keys.revoke()
    clock.forward(1)
    with pytest.raises(Forbidden):
        await authenticator.for_job(TENANT, a_job(KEY))


async def test_r4_9_a_job_stays_in_its_tenant(authenticator: Authenticator, keys: ListedKeys) -> None:
    keys.issue()
    with pytest.raises(Forbidden):
        await authenticator.for_job(OrganizationId("org_other"), a_job(KEY))
    with pytest.raises(Forbidden):
        await authenticator.for_job(TENANT, a_job(KeyId("key_gone")))


async def test_a_job_without_a_key_acts_for_the_operator(authenticator: Authenticator) -> None:
    principal = await authenticator.for_job(TENANT, a_job(None, UserId("usr_1")))
    assert principal.actor == "somebody"
    assert principal.permissions == frozenset(Permission)
    assert principal.end_user == UserId("usr_1")
    assert await authenticator.still_valid(principal)


def test_the_sweeper_sees_all_and_may_ask_for_nothing(authenticator: Authenticator) -> None:
    sweeper = authenticator.sweeper(TENANT)
    assert sweeper.visible == AllProjects()
    assert sweeper.permissions == frozenset()


def test_the_operator_may_do_everything(authenticator: Authenticator) -> None:
    operator = authenticator.operator(TENANT)
    assert operator.tenant == TENANT
    assert operator.visible == AllProjects()
    assert operator.permissions == frozenset(Permission)
