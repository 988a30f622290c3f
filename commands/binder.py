"""Print the link that opens a public copy of the course on mybinder.org, from its git remote.

`python -m commands.binder` needs no environment, and Python 3.9 or newer: it also helps those whose
Python `python course.py` refuses.
"""

import re
import subprocess
import sys
from urllib.parse import quote, urlsplit

from commands.lessons import ROOT, files


def launch_link(remote: str, notebook: str) -> str:
    """Return mybinder.org's link to a lesson; raise ValueError if it cannot reach the remote.

    `notebook` is the name of its file.
    """
    scp = re.fullmatch(r"(?:[^@/]+@)?([^:/]{2,}):(?!//)(.+)", remote)  # git@github.com:owner/name
    url = urlsplit(f"ssh://{scp[1]}/{scp[2]}" if scp else remote)
    host, path = url.hostname or "", url.path.strip("/").removesuffix(".git")
    if url.scheme not in ("https", "http", "ssh", "git") or "." not in host or not path:
        raise ValueError(f"mybinder.org needs a public address; {remote!r} isn't one")
    if host in ("github.com", "ssh.github.com") and path.count("/") == 1:
        where = f"gh/{quote(path)}"
    elif host in ("gitlab.com", "altssh.gitlab.com"):
        where = f"gl/{quote(path, safe='')}"
    else:
        # A public repository read by ssh or with a token can be read by https without either.
        port = f":{url.port}" if url.port and url.scheme in ("https", "http") else ""
        scheme = url.scheme if url.scheme == "http" else "https"
        where = f"git/{quote(f'{scheme}://{host}{port}/{path}', safe='')}"
    page = quote(f"lab/tree/my_notebooks/{notebook}", safe="")
    return f"https://mybinder.org/v2/{where}/HEAD?urlpath={page}"


def main() -> int:
    """Print the link for the remote named origin, or for the URL on the command line."""
    try:
        if sys.argv[1:]:
            remote = sys.argv[1]
        else:
            command = ["git", "--git-dir=.git", "remote", "get-url", "origin"]
            result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
            remote = result.stdout.strip()
        print(launch_link(remote, files(ROOT / "notebooks", ".ipynb")[0].name))
    except (OSError, subprocess.CalledProcessError):
        print(
            "This copy has no git remote named origin. Give the address of a public copy:\n"
            "  python -m commands.binder https://github.com/OWNER/NAME",
            file=sys.stderr,
        )
        return 1
    except ValueError as error:
        print(f"No link: {error}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
