"""`make demo`: the whole house on one machine, with made-up people in it.

Web, two workers, the clock and a mail sink that keeps what it gets for reading at /mailbox/. Run under
`python -m sanctuary.launch run`, which brings PostgreSQL and Valkey.
"""

import argparse
import http.client
import os
import socket
import subprocess
import sys
from pathlib import Path

from sanctuary.demo.words import APPROVER, COORDINATED, COORDINATOR, PASSWORD, REGIONAL, STAFF
from sanctuary.launch.supervise import Supervisor

DATA = Path(os.environ.get("SANCTUARY_DATA", ".data")).resolve()
# A worker's last words; that it stops when told to is no news.
FAREWELL = r"(worker: Warm shutdown.*)?"
BANNER = """
  The demonstration is ready:  {url}

  Look around     {url}/                     find a group (try LS7), pledge, take action
  Read the mail   {url}/mailbox/             every email the demonstration sends lands here
  Coordinator     {coordinator}   at {url}/manage/{group}/
  Regional        {regional}   at {url}/manage/regions/
  National staff  {staff}   at {url}/admin/
  and a second    {approver}, to approve what the first one wrote
  Password        {password}   for all four; or ask for an emailed code
  Second step     the six digits for national staff are shown at the top of {url}/mailbox/

  What to try: 1. Pledge at {url}/pledge/ and confirm from the mailbox.  2. As the coordinator follow
     Today: greet the pledger, say who came, pass a call on, email the group.
  3. As staff open Campaigns, Mailings: check, test, let the second person approve, schedule, and watch it leave.
  4. Open one of those emails, add the name, then stop the emails with one press.

  Ctrl-C stops everything. `make demo` starts again with the same data; `make demo-reset` starts afresh.
"""


def main() -> int:
    arguments = argparse.ArgumentParser(prog="make demo")
    arguments.add_argument("--supporters", type=int, default=20_000)
    supporters = arguments.parse_args().supporters
    port = int(os.environ.get("PORT", "8000"))
    url = f"http://127.0.0.1:{port}"
    if is_taken(port):
        sys.stderr.write(
            f"Something else already uses port {port}. Choose another one, for example: PORT=8077 make demo\n"
        )
        return 1
    os.environ.update(environment(url))
    sys.stdout.reconfigure(line_buffering=True)
    print("Preparing the database …")
    manage("migrate", "--verbosity", "0")
    manage("build_demo", "--supporters", str(supporters))
    code = supervise(port, url)
    print("Everything is stopped.")
    return code


def environment(url: str) -> dict[str, str]:
    return {
        "DEBUG": "1",
        "DJANGO_SETTINGS_MODULE": "sanctuary.demo.settings",
        "PUBLIC_URL": url,
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(free_port()),
        "JOURNAL_DIR": str(DATA / "journal"),
        "MAILBOX_DIR": str(DATA / "mailbox"),
        "MAILING_UNDO_MINUTES": os.environ.get("MAILING_UNDO_MINUTES", "0"),
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
    }


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def manage(*arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], check=True)


def supervise(port: int, url: str) -> int:
    # A bare machine is often used as root; that is no news in a demonstration.
    celery = [sys.executable, "-W", "ignore:You", "-m", "celery", "-q", "-A", "sanctuary.celery"]
    worker = [*celery, "worker", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
    house = Supervisor()
    house.add("sink", [sys.executable, "-m", "sanctuary.post.sink", "--port", os.environ["EMAIL_PORT"],
                       "--mailbox", os.environ["MAILBOX_DIR"]], hush=r"port \d+")  # fmt: skip
    house.add("web", [sys.executable, "-m", "gunicorn", "sanctuary.wsgi", "--bind", f"127.0.0.1:{port}",
                      "--workers", "2", "--threads", "4", "--log-level", "warning"], on_death="stop")  # fmt: skip
    house.add("post", [*worker, "-n", "post@%h", "-c", "1", "-Q", "mail.transactional,default"], hush=FAREWELL)
    house.add("bulk", [*worker, "-n", "bulk@%h", "-c", "2", "-Q", "mail.bulk"], hush=FAREWELL)
    house.add("clock", [*celery, "beat", "--loglevel", "WARNING", "--schedule", str(DATA / "beat")])
    people = {"coordinator": COORDINATOR, "regional": REGIONAL, "staff": STAFF, "approver": APPROVER}
    words = BANNER.format(url=url, group=COORDINATED, password=PASSWORD, **people)
    return house.run(ready=lambda: answers(port), on_ready=lambda: sys.stdout.write(words) and sys.stdout.flush())


def answers(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
