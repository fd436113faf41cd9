"""E-mail: a notice through the county's own SMTP server, with a Message-ID that makes a repetition recognisable."""

import smtplib
import ssl
from email.message import EmailMessage

from django.conf import settings

from sanfu.people.messages.actions import NotSent
from sanfu.people.messages.models import Delivery

SECONDS = 10


def _letter(row: Delivery) -> EmailMessage:
    """The mail of a notice; ValueError for an address that no header can hold."""
    message = EmailMessage()
    message["Subject"] = f"{settings.COUNTY_NAME}三服务平台：有新消息"
    message["From"] = settings.SANFU_MAIL_FROM
    message["To"] = row.address
    message["Message-ID"] = f"<{row.id}@sanfu>"
    message.set_content(
        f"{row.text}\n\n{settings.SANFU_PUBLIC_URL}/messages/\n\n本邮件由平台自动发出，不含办件内容。"
    )
    return message


def send(row: Delivery) -> None:
    """Send one notice; NotSent when the server cannot be reached or refuses it."""
    try:
        message = _letter(row)
        with smtplib.SMTP(settings.SANFU_MAIL_HOST, settings.SANFU_MAIL_PORT, timeout=SECONDS) as server:
            if settings.SANFU_MAIL_TLS:
                server.starttls(context=ssl.create_default_context())  # Python's own default trusts everybody
            if settings.SANFU_MAIL_LOGIN:
                server.login(settings.SANFU_MAIL_LOGIN, settings.SANFU_MAIL_PASSWORD)
            server.send_message(message)
    except (OSError, ValueError, smtplib.SMTPException) as problem:
        raise NotSent(f"邮件没有发出：{problem}") from problem
