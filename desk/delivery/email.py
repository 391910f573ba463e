"""E-mail by SMTP: STARTTLS where the server offers it, a login where the environment has one, bounded in time."""

import os
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime

from centre.said import Said
from desk.delivery import DeliveryError, Message
from desk.wiring import Place

TIMEOUT_S = 10.0


def to_email(message: Message, to: str, place: Place) -> str:
    """Send it to the address of agents.csv, or of `escalation.emails` for offices.

    Raises
    ------
    DeliveryError : the server does not take it.
    """
    policy = place.policy.escalation
    person = place.site.agents.get(to)
    address = policy.emails.get(to) or (person.email if person else "")
    if not policy.smtp or not address:
        return ""
    mail = EmailMessage()
    mail["Subject"] = message.subject
    mail["From"] = policy.sender or "paiban@localhost"
    mail["To"] = address
    mail["Date"] = format_datetime(place.now)
    mail["Message-ID"] = f"<{message.key}@paiban>".replace(" ", "-")
    mail.set_content(message.body)
    host, _, port = policy.smtp.rpartition(":")
    try:
        with smtplib.SMTP(host or policy.smtp, int(port) if host else 25, timeout=TIMEOUT_S) as server:
            _secure(server)
            server.send_message(mail)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise DeliveryError(
            Said(
                "mail to {address} by {smtp}: {error}; look at escalation.smtp",
                address=address,
                smtp=policy.smtp,
                error=error,
            )
        ) from error
    return f"sent to {address}"


def _secure(server: smtplib.SMTP) -> None:
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=ssl.create_default_context())
        server.ehlo()
    user = os.environ.get("PAIBAN_SMTP_USER", "")
    if user:
        server.login(user, os.environ.get("PAIBAN_SMTP_PASSWORD", ""))
