"""Debian's Dovecot on a port of its own: a room's mailbox that is read by IMAP, as its calendar program does."""

import grp
import imaplib
import mailbox
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

PASSWORD = "secret"
INSTALLED = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or ""
_SETTINGS = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{folder}/%u
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
"""


class Mailboxes:
    """Where mail is put by a mail server, and read by IMAP."""

    def __init__(self, folder: Path, port: int, owner: pwd.struct_passwd) -> None:
        self.folder, self.port, self.owner = folder, port, owner

    def deliver(self, letter: EmailMessage) -> None:
        """Put a mail into its reader's mailbox, as the mail server on that side does."""
        inbox = self.folder / str(letter["to"])
        mailbox.Maildir(inbox, create=True).add(letter.as_bytes())
        for each in (inbox, *inbox.rglob("*")):
            os.chown(each, self.owner.pw_uid, self.owner.pw_gid)

    def read(self, address: str) -> list[EmailMessage]:
        """Return what somebody finds by IMAP, in order."""
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=10) as server:
            server.login(address, PASSWORD)
            server.select("INBOX", readonly=True)
            numbers = server.search(None, "ALL")[1][0].split()
            found = [server.fetch(number.decode(), "(RFC822)")[1][0] for number in numbers]
        return [message_from_bytes(each[1], policy=policy.default) for each in found if isinstance(each, tuple)]


@contextmanager
def mailboxes() -> Iterator[Mailboxes]:
    """Run the server in a folder of its own, and end it with all it started.

    It lets root read no mail: Debian's package brings users for that, who have to find the folder.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    me = pwd.getpwuid(os.getuid())
    login, internal, owner = map(pwd.getpwnam, ("dovenull", "dovecot", "nobody")) if me.pw_uid == 0 else (me, me, me)
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        told = {"internal": internal.pw_name, "group": grp.getgrgid(internal.pw_gid).gr_name, "login": login.pw_name}
        told |= {"folder": name, "port": str(port), "uid": str(owner.pw_uid), "gid": str(owner.pw_gid)}
        (folder / "dovecot.conf").write_text(_SETTINGS.format(**told, password=PASSWORD))
        process = subprocess.Popen([INSTALLED, "-F", "-c", str(folder / "dovecot.conf")])
        try:
            _wait_for(port)
            yield Mailboxes(folder, port, owner)
        finally:
            process.terminate()  # which ends those that it has started
            process.wait()


def _wait_for(port: int) -> None:
    end = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return
