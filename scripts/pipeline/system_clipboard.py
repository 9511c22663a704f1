"""Text onto the clipboard of the desktop, by pyperclip."""

from __future__ import annotations

from collections.abc import Callable

from error_handler import UserError


def clipboard_writer() -> Callable[[str], None]:
    """What puts a text there; UserError where the system has no clipboard that a program can write to."""
    import pyperclip

    copy, _ = pyperclip.determine_clipboard()
    if not copy:
        raise UserError("this system has no clipboard that a program can write to.",
                        "use --output FILE and copy the file's text; on Linux, in a desktop session, install xclip, xsel or wl-clipboard.")
    return copy


def copy_to_clipboard(text: str) -> None:
    import pyperclip

    try:
        clipboard_writer()(text)
    except (pyperclip.PyperclipException, OSError) as error:
        raise UserError(f"the clipboard took nothing: {error}", "use --output FILE and copy the file's text.") from error
