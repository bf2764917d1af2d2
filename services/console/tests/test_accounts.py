from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from groundswell_console.accounts import ACCOUNTS, Account, Accounts
from groundswell_console.attempts import FailedLogins
from groundswell_console.passwords import Passwords, one_time_password
from groundswell_console.sessions import SESSIONS, Sessions
from groundswell_core.errors import (
    AlreadyExists,
    Exhausted,
    FailedPrecondition,
    InvalidInput,
    NotFound,
    Unauthenticated,
)
from groundswell_core.testing.clock import FakeClock
from groundswell_core.tokens import Role

NEW = "correct horse battery staple"


@pytest.fixture
def clock():
    """A clock ahead of the server's, whose own clean-up would else end sessions first."""
    return FakeClock(datetime(2100, 1, 4, 8, 0, tzinfo=UTC))


@pytest_asyncio.fixture
async def accounts(database, clock):
    await database.ensure(ACCOUNTS)
    return Accounts(database, Passwords(2), clock)


@pytest_asyncio.fixture
async def sessions(database, clock):
    await database.ensure(SESSIONS)
    return Sessions(database, clock, idle=3600, lifetime=86_400, secret=b"s" * 32)


def person(name: str, role: Role = Role.ANALYST) -> Account:
    return Account(name=name, display_name="", role=role)


async def test_the_first_account_is_an_administrator_whose_password_only_its_owner_can_read(
    accounts, tmp_path
):
    file = tmp_path / "first-password"
    assert await accounts.create_first(file)
    assert file.stat().st_mode & 0o777 == 0o600
    account = await accounts.log_in("admin", file.read_text().strip())
    assert account.role is Role.ADMIN
    assert account.must_change_password


async def test_a_second_start_makes_no_second_account(accounts, tmp_path):
    await accounts.create_first(tmp_path / "first-password")
    before = (tmp_path / "first-password").read_text()
    assert not await accounts.create_first(tmp_path / "first-password")
    assert (tmp_path / "first-password").read_text() == before
    assert len(await accounts.list()) == 1


async def test_without_a_file_for_its_password_no_account_is_made(accounts):
    assert not await accounts.create_first(None)
    assert await accounts.list() == []


async def test_a_wrong_name_a_wrong_password_and_a_disabled_account_are_refused_alike(accounts):
    password = await accounts.create(person("chen.min"))
    await accounts.create(person("boss", Role.ADMIN))
    messages = []
    for name, word in (("nobody", password), ("chen.min", "wrong")):
        with pytest.raises(Unauthenticated) as caught:
            await accounts.log_in(name, word)
        messages.append((caught.value.message, caught.value.reason))
    await accounts.set_disabled("chen.min", disabled=True)
    with pytest.raises(Unauthenticated) as caught:
        await accounts.log_in("chen.min", password)
    messages.append((caught.value.message, caught.value.reason))
    assert len(set(messages)) == 1
    assert await accounts.find("chen.min") is None


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("wrong", NEW, "BAD_OLD_PASSWORD"),
        (None, "short", "BAD_PASSWORD"),
        (None, "x" * 201, "BAD_PASSWORD"),
        (None, "aaaaaaaaaaaaaaaa", "WEAK_PASSWORD"),
        (None, "my chen.min word", "WEAK_PASSWORD"),
    ],
)
async def test_a_bad_new_password_is_refused_with_its_reason(accounts, old, new, reason):
    password = await accounts.create(person("chen.min"))
    with pytest.raises(InvalidInput) as caught:
        await accounts.change_password("chen.min", old or password, new)
    assert caught.value.reason == reason


async def test_a_changed_password_is_the_only_one_that_opens(accounts):
    password = await accounts.create(person("chen.min"))
    await accounts.change_password("chen.min", password, NEW)
    assert not (await accounts.log_in("chen.min", NEW)).must_change_password
    with pytest.raises(Unauthenticated):
        await accounts.log_in("chen.min", password)


async def test_a_reset_gives_a_one_time_password_that_must_be_changed(accounts):
    await accounts.create(person("chen.min"))
    word = await accounts.reset_password("chen.min")
    assert (await accounts.log_in("chen.min", word)).must_change_password


async def test_the_last_administrator_can_neither_be_disabled_nor_lose_the_role(accounts):
    await accounts.create(person("boss", Role.ADMIN))
    with pytest.raises(FailedPrecondition):
        await accounts.set_disabled("boss", disabled=True)
    with pytest.raises(FailedPrecondition):
        await accounts.set_rights("boss", Role.VIEWER, "")
    await accounts.create(person("other", Role.ADMIN))
    await accounts.set_rights("boss", Role.VIEWER, "departments/health")
    assert (await accounts.get("boss")).department == "departments/health"


@pytest.mark.parametrize("name", ["", "A", "a b", "-a", "a" * 64, "a/b", "ä", "$gt"])
async def test_a_bad_account_name_is_refused(accounts, name):
    with pytest.raises(InvalidInput):
        await accounts.create(person(name))


async def test_a_name_that_is_taken_and_one_that_is_not_there_are_told(accounts):
    await accounts.create(person("chen.min"))
    with pytest.raises(AlreadyExists):
        await accounts.create(person("chen.min"))
    with pytest.raises(NotFound):
        await accounts.reset_password("nobody")
    with pytest.raises(InvalidInput):
        await accounts.create(person("robot", Role.SERVICE))


def test_one_time_passwords_differ_and_can_be_read_aloud():
    words = {one_time_password() for _ in range(200)}
    assert len(words) == 200
    assert all(len(word) == 23 and not set(word) & set("0o1l") for word in words)


async def test_a_session_ends_for_idleness_and_use_keeps_it(sessions, clock):
    token = await sessions.open("chen.min")
    await clock.move(3000)
    session = await sessions.find(token)
    await sessions.use(token, session)
    await clock.move(3000)
    assert (await sessions.find(token)).account == "chen.min"
    await clock.move(3600)
    assert await sessions.find(token) is None


async def test_a_session_ends_after_its_lifetime_however_much_it_is_used(sessions, clock):
    token = await sessions.open("chen.min")
    for _ in range(24):
        session = await sessions.find(token)
        assert session is not None
        await sessions.use(token, session)
        await clock.move(3599)
    await clock.move(timedelta(minutes=30).total_seconds())
    assert await sessions.find(token) is None


async def test_the_store_holds_no_token_and_a_stored_key_opens_nothing(sessions, database):
    token = await sessions.open("chen.min")
    records = await database.collection(SESSIONS.name).find({})
    assert token not in str(records)
    assert await sessions.find(records[0]["_id"]) is None


async def test_ending_all_sessions_of_an_account_leaves_those_of_others(sessions):
    mine = [await sessions.open("chen.min") for _ in range(3)]
    other = await sessions.open("li.wei")
    assert await sessions.end_all("chen.min") == 3
    assert [await sessions.find(token) for token in mine] == [None] * 3
    assert await sessions.find(other) is not None


async def test_a_csrf_token_belongs_to_one_session(sessions):
    one, other = await sessions.open("chen.min"), await sessions.open("chen.min")
    assert sessions.is_csrf_token(one, sessions.csrf_token(one))
    assert not sessions.is_csrf_token(other, sessions.csrf_token(one))
    assert not sessions.is_csrf_token("", sessions.csrf_token(""))
    assert not sessions.is_csrf_token(one, "ümläut")


async def test_who_fails_too_often_waits_and_others_do_not(clock):
    failed = FailedLogins(3, clock)
    for _ in range(3):
        failed.check("admin", "1.2.3.4")
        failed.add("admin", "1.2.3.4")
    with pytest.raises(Exhausted) as caught:
        failed.check("admin", "1.2.3.4")
    assert caught.value.metadata["minutes"] == "16"
    failed.check("admin", "5.6.7.8")
    failed.check("chen.min", "1.2.3.4")
    await clock.move(901)
    failed.check("admin", "1.2.3.4")


async def test_one_address_cannot_try_many_names_nor_many_addresses_one_name(clock):
    failed = FailedLogins(3, clock)
    for number in range(18):
        failed.add(f"name{number}", "1.2.3.4")
    with pytest.raises(Exhausted):
        failed.check("another", "1.2.3.4")
    for number in range(60):
        failed.add("admin", f"10.0.0.{number}")
    with pytest.raises(Exhausted):
        failed.check("admin", "10.9.9.9")
