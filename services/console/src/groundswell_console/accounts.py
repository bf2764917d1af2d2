"""Accounts: who may log in, in which role, for which department."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from groundswell_console.passwords import Passwords, check_new_password, one_time_password
from groundswell_console.person import Person
from groundswell_core.clock import Clock
from groundswell_core.errors import (
    AlreadyExists,
    FailedPrecondition,
    InvalidInput,
    NotFound,
    Unauthenticated,
)
from groundswell_core.mongo import CollectionSpec, Database
from groundswell_core.tokens import Role

FIRST_ACCOUNT = "admin"
ROLES = (Role.VIEWER, Role.ANALYST, Role.DUTY_OFFICER, Role.LEAD, Role.ADMIN)
ACCOUNTS = CollectionSpec(
    name="accounts",
    schema={
        "bsonType": "object",
        "required": ["_id", "display_name", "role", "department", "hash", "create_time"],
        "additionalProperties": False,
        "properties": {
            "_id": {"bsonType": "string", "maxLength": 63},
            "display_name": {"bsonType": "string", "maxLength": 100},
            "role": {"enum": [role.name for role in ROLES]},
            "department": {"bsonType": "string"},
            "hash": {"bsonType": "string"},
            "must_change_password": {"bsonType": "bool"},
            "disabled": {"bsonType": "bool"},
            "create_time": {"bsonType": "date"},
            "login_time": {"bsonType": ["date", "null"]},
        },
    },
)
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who may log in."""

    name: str
    display_name: str
    role: Role
    department: str = ""
    must_change_password: bool = False
    disabled: bool = False
    create_time: datetime | None = None
    login_time: datetime | None = None

    @property
    def person(self) -> Person:
        """Returns the person that this account stands for."""
        return Person(
            account=self.name,
            display_name=self.display_name or self.name,
            role=self.role,
            department=self.department,
            must_change_password=self.must_change_password,
        )


def _account(record: Mapping[str, Any]) -> Account:
    known = {name: record[name] for name in Account.__slots__ if name in record}
    return Account(**{**known, "name": record["_id"], "role": Role[record["role"]]})


class Accounts:
    """Makes, checks and changes accounts."""

    def __init__(self, database: Database, passwords: Passwords, clock: Clock) -> None:
        """Takes the database that holds them."""
        self._accounts = database.collection(ACCOUNTS.name)
        self._passwords = passwords
        self._clock = clock

    async def get(self, name: str) -> Account:
        """Returns an account; raises NotFound."""
        record = await self._accounts.find_one({"_id": name})
        if record is None:
            raise NotFound(f"there is no account {name}", reason="NO_ACCOUNT", account=name)
        return _account(record)

    async def find(self, name: str) -> Account | None:
        """Returns an account that may log in, or None."""
        record = await self._accounts.find_one({"_id": name})
        account = _account(record) if record else None
        return account if account and not account.disabled else None

    async def list(self) -> list[Account]:
        """Returns all accounts by name."""
        return [_account(record) for record in await self._accounts.find({}, sort=[("_id", 1)])]

    async def log_in(self, name: str, password: str) -> Account:
        """Returns the account whose password it is; raises Unauthenticated, never saying which was wrong."""
        record = await self._accounts.find_one({"_id": name})
        stored = record["hash"] if record else None
        matches = await self._passwords.matches(password, stored)
        if record is None or not matches or record.get("disabled"):
            raise Unauthenticated("name or password is wrong", reason="BAD_LOGIN")
        await self._accounts.update({"_id": name}, {"$set": {"login_time": self._clock.now()}})
        return _account(record)

    async def create(self, account: Account) -> str:
        """Makes an account and returns its one-time password; raises AlreadyExists."""
        _check(account)
        password = one_time_password()
        record = {
            "_id": account.name,
            "display_name": account.display_name,
            "role": account.role.name,
            "department": account.department,
            "hash": await self._passwords.hash(password),
            "must_change_password": True,
            "disabled": False,
            "create_time": self._clock.now(),
            "login_time": None,
        }
        try:
            await self._accounts.insert(record)
        except AlreadyExists:
            raise AlreadyExists(
                f"there is an account {account.name} already", reason="ACCOUNT_EXISTS"
            ) from None
        return password

    async def create_first(self, password_file: Path | None) -> bool:
        """Makes the first administrator when there is no account; its password goes to a file."""
        if await self._accounts.find_one({}) is not None or password_file is None:
            return False
        first = Account(name=FIRST_ACCOUNT, display_name="", role=Role.ADMIN)
        try:
            password = await self.create(first)
        except AlreadyExists:  # another replica was quicker
            return False
        _write_private(password_file, password)
        return True

    async def change_password(self, name: str, old: str, new: str) -> None:
        """Sets a password that the person chose."""
        record = await self._accounts.find_one({"_id": name})
        if record is None or not await self._passwords.matches(old, record["hash"]):
            raise InvalidInput("the present password is wrong", reason="BAD_OLD_PASSWORD")
        if old == new:
            raise InvalidInput("the new password is the old one", reason="SAME_PASSWORD")
        check_new_password(new, name)
        await self._set(name, hash=await self._passwords.hash(new), must_change_password=False)

    async def reset_password(self, name: str) -> str:
        """Returns a new one-time password of an account."""
        password = one_time_password()
        hashed = await self._passwords.hash(password)
        await self._set(name, hash=hashed, must_change_password=True)
        return password

    async def set_disabled(self, name: str, *, disabled: bool) -> None:
        """Lets an account log in, or not; the last administrator stays."""
        if disabled:
            await self._keep_an_admin(name)
        await self._set(name, disabled=disabled)

    async def set_rights(self, name: str, role: Role, department: str) -> None:
        """Changes role and department of an account; the last administrator stays one."""
        if role is not Role.ADMIN:
            await self._keep_an_admin(name)
        await self._set(name, role=role.name, department=department)

    async def _set(self, name: str, **fields: object) -> None:
        if not await self._accounts.update({"_id": name}, {"$set": fields}):
            raise NotFound(f"there is no account {name}", reason="NO_ACCOUNT", account=name)

    async def _keep_an_admin(self, name: str) -> None:
        others = {"role": Role.ADMIN.name, "disabled": {"$ne": True}, "_id": {"$ne": name}}
        if await self._accounts.find_one(others) is None:
            raise FailedPrecondition(
                f"{name} is the last administrator; make another one first", reason="LAST_ADMIN"
            )


def _check(account: Account) -> None:
    if not _NAME.fullmatch(account.name):
        raise InvalidInput(
            f'"{account.name}" is no account name: lower-case letters, digits, dot, hyphen, '
            "underscore; at most 63",
            reason="BAD_ACCOUNT_NAME",
        )
    if account.role not in ROLES:
        raise InvalidInput("this role is for services, not for people", reason="BAD_ROLE")


def _write_private(path: Path, password: str) -> None:
    from groundswell_core.embedded.secrets import write_private

    write_private(path, password + "\n")
