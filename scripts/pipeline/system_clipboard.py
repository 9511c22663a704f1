"""Text onto the clipboard of the desktop, through the program that the system has for it."""

from __future__ import annotations

import shutil
import subprocess
import sys

from error_handler import UserError

# Windows' own reads UTF-16 with a byte order mark, the others UTF-8.
COMMANDS = {
    "win32": [("clip.exe",)],
    "darwin": [("pbcopy",)],
    "linux": [("wl-copy",), ("xclip", "-selection", "clipboard"), ("xsel", "--clipboard", "--input")],
}


def copy_to_clipboard(text: str) -> None:
    commands = COMMANDS.get(sys.platform, COMMANDS["linux"])
    command = next((command for command in commands if shutil.which(command[0])), None)
    if command is None:
        raise UserError(f"no program to reach the clipboard (looked for {', '.join(command[0] for command in commands)}).",
                        "install one of them, or use --output and copy the file's text.")
    data = text.encode("utf-16" if command[0] == "clip.exe" else "utf-8")
    result = subprocess.run(command, input=data, stderr=subprocess.PIPE, timeout=20)
    if result.returncode:
        raise UserError(f"{command[0]} failed: {result.stderr.decode(errors='replace').strip()}",
                        "use --output and copy the file's text.")
