import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline_health.settings import ConfigurationError
from pipeline_health.settings.private_file import read_private

Refused = Callable[..., str]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Make a file that only we may read, in a folder whose name needs quotes in a shell."""
    folder = tmp_path / "my secrets"
    folder.mkdir()
    path = folder / "secrets.env"
    path.write_text("A_TOKEN=planted-value\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def refused() -> Refused:
    """Read what must be refused, and give the reason without the path."""

    def read(path: Path, *, owner: int | None) -> str:
        with pytest.raises(ConfigurationError) as caught:
            read_private(path, owner=owner)
        assert "planted" not in str(caught.value)
        return str(caught.value).removeprefix(f"{path}: ")

    return read


def test_a_file_of_ours_is_read(path: Path, us: int) -> None:
    """Owner and mode 0600 are what it takes."""
    assert "A_TOKEN=planted-value\n" == read_private(path, owner=us)


@pytest.mark.parametrize("gone", ["absent.env", "secrets.env/below"])
def test_no_file_is_no_error(path: Path, us: int, gone: str) -> None:
    """The environment may hold everything."""
    assert None is read_private(path.parent / gone, owner=us)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o666])
def test_a_file_open_to_others_is_refused_with_the_remedy(
    path: Path, us: int, refused: Refused, mode: int
) -> None:
    """The command to run is in the message, ready to be copied."""
    path.chmod(mode)

    assert f"is open to others (mode {mode:04o}); run: chmod 600 '{path}'" == refused(
        path, owner=us
    )


def test_a_link_is_judged_by_what_it_leads_to(path: Path, us: int, refused: Refused) -> None:
    """A link has no mode of its own; the opened file has."""
    link = path.with_name("link.env")
    link.symlink_to(path)
    private = read_private(link, owner=us)
    path.chmod(0o644)

    assert "A_TOKEN=planted-value\n" == private
    assert refused(link, owner=us).startswith("is open to others")


def test_a_file_of_somebody_else_is_refused(path: Path, us: int, refused: Refused) -> None:
    """Who owns it can change what we send, and to whom."""
    says = refused(path, owner=us + 1)

    assert re.fullmatch(rf"belongs to user {us}, not to us \({us + 1}\); .* chmod 600 '.*'", says)


def test_where_the_system_hands_it_over_owner_and_mode_do_not_matter(path: Path) -> None:
    """That is because systemd and Kubernetes set their own (product.md 8.8)."""
    path.chmod(0o444)

    assert "A_TOKEN=planted-value\n" == read_private(path, owner=None)


def test_a_link_that_leads_nowhere_is_refused(path: Path, us: int, refused: Refused) -> None:
    """Somebody meant a file there: to go on without it would be to guess."""
    link = path.with_name("link.env")
    for target in ("absent.env", "secrets.env/below"):
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        assert refused(link, owner=us).startswith("is a link that leads to no file; remove it, or")


def test_a_fifo_does_not_make_us_wait(tmp_path: Path, us: int, refused: Refused) -> None:
    """It is refused at once, although nobody writes to it."""
    path = tmp_path / "pipe"
    os.mkfifo(path, stat.S_IRUSR | stat.S_IWUSR)

    assert refused(path, owner=us).startswith("is no regular file")


def test_a_directory_is_refused(tmp_path: Path, us: int, refused: Refused) -> None:
    """Also where owner and mode are not looked at."""
    assert refused(tmp_path, owner=us).startswith("is no regular file")
    assert refused(tmp_path, owner=None).startswith("is no regular file")


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/tty"])
def test_a_device_is_refused(device: str, refused: Refused) -> None:
    """One that never ends, one that is empty, and one that a person would have to type into."""
    says = refused(Path(device), owner=None)
    assert says.startswith(("is no regular file", "could not be read"))


def test_what_cannot_be_opened_is_refused_with_the_reason(
    tmp_path: Path, us: int, refused: Refused
) -> None:
    """A link that leads to itself is named as such by the system."""
    path = tmp_path / "loop"
    path.symlink_to(path)

    assert "could not be read" in refused(path, owner=us)


def test_a_large_file_is_refused(path: Path, us: int, refused: Refused) -> None:
    """More than 64 KiB are no secrets; exactly 64 KiB are accepted."""
    path.write_bytes(b"#" * 65536)
    largest = read_private(path, owner=us)
    path.write_bytes(b"#" * 65537)

    assert "#" * 65536 == largest
    assert "is too large; expected at most 64 KiB" == refused(path, owner=us)


def test_a_gigabyte_is_refused_unread(path: Path, us: int, refused: Refused) -> None:
    """It is judged by its size: with holes it costs nothing to make."""
    os.truncate(path, 1 << 30)

    assert "is too large; expected at most 64 KiB" == refused(path, owner=us)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"A_TOKEN=planted\xff", id="latin-1"),
        pytest.param("A_TOKEN=planted".encode("utf-16"), id="utf-16"),
        pytest.param(b"A_TOKEN=planted\0", id="NUL"),
    ],
)
def test_a_file_that_is_no_text_is_refused(
    path: Path, us: int, refused: Refused, content: bytes
) -> None:
    """Its content is not repeated."""
    path.write_bytes(content)

    assert "is not UTF-8 text; expected a file with one NAME=value a line" == refused(
        path, owner=us
    )


def test_the_mark_of_another_editor_is_no_part_of_the_first_name(path: Path, us: int) -> None:
    """Windows puts one before the text, and the first token would be missing."""
    path.write_bytes(b"\xef\xbb\xbfA_TOKEN=planted")

    assert "A_TOKEN=planted" == read_private(path, owner=us)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_we_may_not_read_is_refused(path: Path, us: int, refused: Refused) -> None:
    """The reason is the system's."""
    path.chmod(0)

    assert refused(path, owner=us).startswith("could not be read (Permission denied); expected")
