"""users.yaml: every mistake with its place, no secret in a message, nobody else may read it, one writer at a time."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from lowtide.errors import SettingsError
from lowtide.service import Role
from lowtide.web import user_file
from lowtide.web.users import Users, read_users, users_of

HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaA"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("users:\n  wang: {rol: admin}\n", "f:2:10: unknown word `rol`: did you mean `role`?"),
        (
            "users:\n  wang: {role: king, subject: x}\n",
            "f:2:10: unknown role `king`: use one of viewer, operator, admin",
        ),
        ("users:\n  wang: {role: admin}\n", "`lowtide user passwd LOGIN`"),
        ("users:\n  wang: {role: admin, password: hunter2}\n", "write no password here"),
        ("users:\n  'a b': {role: admin, subject: x}\n", "cannot be a name"),
        ("tokens:\n  erp: {role: viewer, hash: abc, ends: 2027-01-01}\n", "f:2:"),
        (f"tokens:\n  erp: {{role: viewer, hash: {'a' * 64}, ends: soon}}\n", "f:2:"),
        ("user: {}\n", "f:1:1: unknown word `user`: did you mean `users`?"),
        ("- a\n", "a file of users is a mapping"),
        ("second_person: maybe\n", "f:1:"),
        ("oidc: {issuer: example.com, client_id: a, client_secret_file: b}\n", "https://id.example.com"),
    ],
)
def test_a_mistake_has_its_place(text: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        users_of(text, "f")
    assert said in caught.value.message and "hunter2" not in str(caught.value)


def test_others_may_not_read_it(tmp_path: Path) -> None:
    path = tmp_path / "users.yaml"
    user_file.set_user(path, "wang", role=Role.ADMIN, password="sesame open 1")
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(SettingsError, match="others may read"):
        read_users(path)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "users.yaml"
    user_file.set_user(path, "wang", role=Role.ADMIN, person="wang", subject="00u1")
    user_file.set_user(path, "wang", role=Role.OPERATOR)
    found = read_users(path).users["wang"]
    assert (found.role, found.person, found.subject) == (Role.OPERATOR, "wang", "00u1")
    for change in (
        lambda: user_file.set_user(path, "li", person="li"),
        lambda: user_file.set_user(path, "li", role=Role.ADMIN),
        lambda: user_file.set_user(path, "a b", role=Role.ADMIN, subject="x"),
        lambda: user_file.set_user(path, "li", role=Role.ADMIN, subject="00u1"),
        lambda: user_file.set_user(path, "li", role=Role.ADMIN, password="short"),
        lambda: user_file.end_token(path, "nobody"),
        lambda: user_file.remove_user(path, "nobody"),
    ):
        before = path.read_bytes()
        with pytest.raises(SettingsError):
            change()
        assert path.read_bytes() == before


def test_the_last_admin_stays(tmp_path: Path) -> None:
    path = tmp_path / "users.yaml"
    user_file.set_user(path, "ada", role=Role.ADMIN, subject="1")
    with pytest.raises(SettingsError, match="last admin"):
        user_file.remove_user(path, "ada")


def test_writers_wait_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / "users.yaml"
    threads = [
        threading.Thread(
            target=user_file.set_user, args=(path, f"u{n}"), kwargs={"role": Role.VIEWER, "subject": f"s{n}"}
        )
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read_users(path).users) == 8


def test_a_change_is_seen_without_a_start(tmp_path: Path) -> None:
    path = tmp_path / "users.yaml"
    user_file.set_user(path, "ada", role=Role.ADMIN, subject="1")
    users = Users(path)
    assert users.user("li") is None and users.second_person
    user_file.set_user(path, "li", role=Role.VIEWER, subject="2")
    assert users.user("li") is not None and users.of_subject("2") == "li"
    path.write_text(path.read_text() + "second_person: false\n")
    assert not users.second_person


def test_without_a_file_nobody_signs_in() -> None:
    assert not Users(None).any and not Users(None).second_person
    with pytest.raises(SettingsError, match="there is no file of users"):
        Users(Path("/nowhere/users.yaml"))


def test_the_first_user_shuts_the_door_of_a_desk_that_runs(tmp_path: Path) -> None:
    path = tmp_path / "users.yaml"
    users = Users(path, may_come=True)
    assert not users.any and users.oidc is None
    user_file.set_user(path, "ada", role=Role.ADMIN, password="sesame open 1")
    assert users.any and users.second_person and "ada" in users.all
    path.unlink()
    assert users.any, "a file that disappears opens no door"
    with pytest.raises(SettingsError, match="there is no file"):
        Users(path)


def test_a_first_file_that_cannot_be_read_shuts_the_door_too(tmp_path: Path) -> None:
    path = tmp_path / "users.yaml"
    users = Users(path, may_come=True)
    path.write_text("users: [")
    assert users.any and not users.all
