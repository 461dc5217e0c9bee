#!/usr/bin/env python3
"""Reports to Kov a mail that came back after the server had taken it.

The mail server pipes what arrives at GATEWAY_RETURNS into it: a delivery
status notification (RFC 3464). Which message it is about says the address it
came to, or the Message-ID of what it returns. Settings as for gateway.py: in
/etc/aliases stands bounce: "|/etc/kov/bounce", which is a script that exports
them and ends with exec python3 -B /opt/kov/deploy/gateway/bounce.py.
"""
import email
import email.policy
import os
import re
import sys

from gateway import Kov, Settings, Trouble, log

ID = '([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})'


def about(mail, s):
    """The id of the message that came back, or None."""
    if '{id}' in s.returns:
        pattern = re.escape(s.returns).replace(r'\{id\}', ID)
        for name in ('Delivered-To', 'X-Original-To', 'To'):
            found = re.search(pattern, ' '.join(mail.get_all(name, [])))
            if found:
                return found[1]
    pattern = re.escape(s.message_id('{id}')).replace(r'\{id\}', ID)
    for part in mail.walk():
        words = part.get('Message-ID', '')
        if part.get_content_type() == 'text/rfc822-headers':
            words = part.get_content()
        found = re.search(pattern, words)
        if found:
            return found[1]
    return None


def reason_of(mail):
    """Why it came back, or None: it did not, or not for good."""
    for part in mail.walk():
        if part.get('Action', '').strip().lower() == 'failed':
            return part.get('Diagnostic-Code', part.get('Status', 'failed'))
    return None


def main():
    s = Settings(os.environ)
    mail = email.message_from_binary_file(sys.stdin.buffer,
                                          policy=email.policy.default)
    message_id, reason = about(mail, s), reason_of(mail)
    if message_id is None or reason is None:
        log('no_bounce')  # and no error: the server would send it back
        return
    with open(s.key_file, encoding='utf-8') as file:
        kov = Kov(s.url, file.read().strip())
    try:
        kov.report(message_id, reason)
        log('bounced', messageId=message_id)
    except Trouble as error:
        log('trouble', why=str(error), messageId=message_id)
        sys.exit(os.EX_TEMPFAIL)  # the mail server keeps it, and tries again


if __name__ == '__main__':
    main()
