"""Text onto the clipboard of the desktop, through the program that the system has for it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile

from error_handler import UserError

# Windows' own reads UTF-16 with a byte order mark, the others UTF-8.
COMMANDS = {
    "win32": [("clip.exe",)],
    "darwin": [("pbcopy",)],
    "linux": [("wl-copy",), ("xclip", "-selection", "clipboard"), ("xsel", "--clipboard", "--input")],
}


def clipboard_command() -> tuple[str, ...]:
    """The program that takes the text from stdin; UserError where there is none."""
    commands = COMMANDS.get(sys.platform, COMMANDS["linux"])
    command = next((command for command in commands if shutil.which(command[0])), None)
    if command is None:
        raise UserError(f"no program to reach the clipboard (looked for {', '.join(command[0] for command in commands)}).",
                        "install one of them, or use --output and copy the file's text.")
    return command


def copy_to_clipboard(text: str) -> None:
    command = clipboard_command()
    data = text.encode("utf-16" if command[0] == "clip.exe" else "utf-8")
    # No pipes: xclip goes on in the background with its outputs open, until something else is copied, and a reader would wait for it.
    with tempfile.TemporaryFile() as said:
        result = subprocess.run(command, input=data, stdout=subprocess.DEVNULL, stderr=said, timeout=20)
        said.seek(0)
        problem = " ".join(said.read().decode(errors="replace").split())
    if result.returncode:
        raise UserError(f"{command[0]} failed: {problem}", "use --output and copy the file's text.")
