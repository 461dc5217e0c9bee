#!/usr/bin/env python3
"""Sends by SMTP what Kov's outbox lists, and reports what became of it.

It runs until it is told to stop (SIGTERM, SIGINT), and keeps nothing: what
is not reported stays in the outbox. Killed between sending and reporting it
sends that one message again, with the same Message-ID. Who has no e-mail
address, or chose to be called or written to, is left for another gateway. It
wants Python 3 and nothing else.
"""
import collections
import contextlib
import datetime
import email.errors
import email.message
import email.policy
import email.utils
import fcntl
import http.client
import json
import os
import re
import signal
import smtplib
import ssl
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from email.headerregistry import Address

SETTINGS = {  # in the environment: the default, its pattern, what it must be
    'GATEWAY_KEY_FILE': (None, r'.+',
                         'a file with an API key of the scope outbox:send'),
    'GATEWAY_SENDER': (None, r'([^<>]*<)?[^<>\s]+@[\w.-]+>?',
                       'who writes, such as Care <care@shop.example>'),
    'GATEWAY_URL': ('http://127.0.0.1:8080', r'https?://\S+', 'where Kov is'),
    'GATEWAY_LINK': ('', r'(https?://\S+#\S*{token}\S*)?',
                     'the customer\'s link, with {token} behind a #, where '
                     'no server\'s log sees it; empty: none'),
    'GATEWAY_RETURNS': ('', r'(\S+@\S+)?', 'where mail comes back, such as '
                        'bounce+{id}@shop.example; empty: to the sender'),
    'GATEWAY_SMTP': ('localhost:25', r'\S+:\d+',
                     'the mail server, such as smtp.shop.example:587'),
    'GATEWAY_TLS': ('starttls', 'starttls|tls|none',
                    'starttls, tls (from the start) or none'),
    'GATEWAY_USER': ('', r'.*', 'who logs in there; empty: nobody'),
    'GATEWAY_PASSWORD_FILE': ('', r'.*', 'a file with the password'),
    'GATEWAY_EVERY': ('5', r'\d+(\.\d+)?',
                      'seconds between two looks into the outbox'),
}

WORDS = {  # the subject, and what stands before the customer's link
    'nl': ('Over uw melding {}', 'Zien waar het staat, of antwoorden:'),
    'en': ('About your complaint {}', 'See where it stands, or answer:'),
    'de': ('Zu Ihrer Meldung {}', 'Stand ansehen oder antworten:'),
    'fr': ('À propos de votre réclamation {}', 'Suivre ou répondre :'),
}

STOP = {signal.SIGTERM, signal.SIGINT}


class Trouble(Exception):
    """Not now: what is wrong may be right later."""


class Refused(Exception):
    """Never: the message comes back."""


def log(event, **facts):
    """One line; never a customer's words, name or address."""
    moment = datetime.datetime.now(datetime.timezone.utc)
    print(json.dumps({'time': moment.isoformat(timespec='milliseconds'),
                      'event': 'gateway.' + event, **facts}), flush=True)


def die(words):
    sys.exit('gateway: ' + words)


def one_line(words):
    """Nothing in it ends a header, or looks like another one."""
    return ' '.join(''.join(c if c.isprintable() else ' '
                            for c in words).split())


def kind_of(error):
    """What went wrong, without the words of others."""
    code = getattr(error, 'smtp_code', '')
    return (str(error) if isinstance(error, Trouble)
            else f'{type(error).__name__} {code}'.rstrip())


def without_addresses(words):
    return re.sub(r'<?[^\s<>]+@[^\s<>]+>?', '…', one_line(words))


class Settings:
    def __init__(self, said):
        for name, (default, pattern, words) in SETTINGS.items():
            value = said.get(name, default)
            if value is None or not re.fullmatch(pattern, value):
                die(f'{name} must be {words}')
            setattr(self, name.removeprefix('GATEWAY_').lower(), value)
        if self.user and self.tls == 'none':
            die('GATEWAY_TLS must not be none where a password is sent')
        name, _, address = self.sender.rstrip('>').rpartition('<')
        self.sender = Address(one_line(name).strip('"'), addr_spec=address)
        self.returns = self.returns or address
        self.host, _, self.port = self.smtp.rpartition(':')
        self.every = float(self.every)

    def message_id(self, uuid):
        return f'<kov.{uuid}@{self.sender.domain}>'


class Straight(urllib.request.HTTPRedirectHandler):
    """Follows nobody: the key is for Kov alone."""

    def redirect_request(self, *_):
        return None


class Kov:
    """The API, as far as a gateway calls it."""

    def __init__(self, url, key):
        self.url, self.key = url.rstrip('/') + '/v1', key
        self.opener = urllib.request.build_opener(Straight)

    def ask(self, method, path, body=None):
        headers = {'Authorization': 'Bearer ' + self.key}
        if body is not None:
            headers['Content-Type'] = 'application/json'
            body = json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=body,
                                         headers=headers, method=method)
        try:
            with self.opener.open(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise Trouble(f'Kov answered {error.code}') from error
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise Trouble(f'Kov: {type(error).__name__}') from error

    def outbox(self):
        query = {'limit': 200}
        while True:
            page = self.ask('GET', '/outbox?' + urllib.parse.urlencode(query))
            yield from page['items']
            if 'nextCursor' not in page:
                return
            query['cursor'] = page['nextCursor']

    def report(self, message_id, reason=None):
        """reason: why it came back; None: it is sent."""
        try:
            if reason is None:
                self.ask('POST', f'/messages/{message_id}/sent')
            else:
                self.ask('POST', f'/messages/{message_id}/bounced',
                         {'reason': without_addresses(reason)[:1000]})
        except Trouble as error:  # it is gone, or came back already: settled
            if str(error) not in ('Kov answered 404', 'Kov answered 409'):
                raise


def compose(item, s):
    """The mail of a message in the outbox: plain text, in UTF-8."""
    subject, before_link = WORDS.get(item['language'], WORDS['en'])
    parts = [item.get('empathy'), item['text']]
    if 'limit' in item:
        parts.append('\n'.join(item['limit'][name] for name in
                               ('text', 'url') if name in item['limit']))
    if s.link:
        token = urllib.parse.quote(item['tracking']['token'], safe='')
        parts.append(before_link + '\n' + s.link.replace('{token}', token))
    mail = email.message.EmailMessage(policy=email.policy.SMTP)
    try:
        mail['To'] = Address(one_line(item['to'].get('name', '')),
                             addr_spec=item['to']['email'])
    except (ValueError, IndexError, email.errors.MessageError) as error:
        raise Refused('no mail can be addressed to this') from error
    mail['From'] = s.sender
    mail['Subject'] = subject.format(item['reference'])
    mail['Date'] = email.utils.localtime()
    mail['Message-ID'] = s.message_id(item['messageId'])
    # what is said of one complaint is read as one conversation
    mail['References'] = s.message_id(item['complaintId'])
    mail['Content-Language'] = item['language']
    if item['origin'] == 'automatic':
        mail['Auto-Submitted'] = 'auto-generated'  # RFC 3834
    mail.set_content('\n\n'.join(filter(None, parts)), cte='quoted-printable')
    return mail


def connect(s):
    context = ssl.create_default_context()
    how = {'timeout': 60, 'local_hostname': s.sender.domain}
    if s.tls == 'tls':
        smtp = smtplib.SMTP_SSL(s.host, int(s.port), context=context, **how)
    else:
        smtp = smtplib.SMTP(s.host, int(s.port), **how)
    if s.tls == 'starttls':
        smtp.starttls(context=context)
    if s.user:
        with open(s.password_file, encoding='utf-8') as file:
            smtp.login(s.user, file.read().strip())
    return smtp


def send(smtp, item, s):
    """Returns when the mail server has it."""
    to = item['to']['email']
    # (send_message would write >From for From, where a line begins with it)
    mail = compose(item, s).as_bytes()
    try:
        smtp.sendmail(s.returns.replace('{id}', item['messageId']), [to], mail)
        return
    except smtplib.SMTPRecipientsRefused as error:
        code, words = error.recipients[to]
    except smtplib.SMTPDataError as error:
        code, words = error.smtp_code, error.smtp_error
    words = words.decode('utf-8', 'replace')
    # That we may not send (530: log in first; 5.7: a policy) is ours to mend,
    # and no reason to give a customer up.
    if code < 500 or code == 530 or words.startswith('5.7.'):
        raise Trouble(f'SMTP {code}')
    raise Refused(f'{code} {words}')


class Gateway:
    def __init__(self, s, kov):
        self.s, self.kov = s, kov
        self.untold = {}  # what became of it, until Kov has heard
        self.due = collections.Counter()  # not before
        self.tries = collections.Counter()
        self.left = set()  # to another gateway, and the log said so

    def report(self):
        for message_id, reason in list(self.untold.items()):
            self.kov.report(message_id, reason)
            del self.untold[message_id]

    def leaves(self, item):
        message_id = item['messageId']
        why = None
        if 'email' not in item.get('to', {}):
            why = 'no address'
        elif item['channelChosen'] and item['channel'] != 'mail':
            why = 'the customer chose another channel'
        if why is None:
            return self.due[message_id] > time.monotonic()
        if message_id not in self.left:
            self.left.add(message_id)
            log('left', messageId=message_id, why=why)
        return True

    def handle(self, smtp, item):
        message_id = item['messageId']
        self.tries[message_id] += 1
        facts = {'messageId': message_id, 'tries': self.tries[message_id]}
        try:
            send(smtp, item, self.s)
            self.untold[message_id] = None
            log('sent', **facts)
        except Refused as error:
            self.untold[message_id] = str(error)
            log('bounced', **facts)
        except (Trouble, smtplib.SMTPException, OSError) as error:
            self.due[message_id] = time.monotonic() + min(
                self.s.every * 2 ** min(facts['tries'], 20), 3600)
            log('later', **facts, why=kind_of(error))
            if not isinstance(error, Trouble):
                raise
        self.report()

    def turn(self):
        """All that the outbox lists, over one connection."""
        smtp = None
        try:
            self.report()
            for item in self.kov.outbox():
                if STOP & signal.sigpending():
                    break
                if not self.leaves(item):
                    smtp = smtp or connect(self.s)
                    self.handle(smtp, item)
        except (smtplib.SMTPException, OSError) as error:
            raise Trouble(kind_of(error)) from error
        finally:
            if smtp is not None:
                with contextlib.suppress(smtplib.SMTPException, OSError):
                    smtp.quit()


def run(gateway, every):
    failures = 0
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP)  # looked at between mails
    while True:
        try:
            gateway.turn()
            failures = 0
        except Trouble as error:
            failures += 1
            log('trouble', why=str(error), times=failures)
        pause = min(every * 2 ** min(failures, 20), max(every, 300))
        if signal.sigtimedwait(STOP, pause):
            return


def main():
    s = Settings(os.environ)
    if not os.access(s.key_file, os.R_OK):
        die(f'GATEWAY_KEY_FILE: {s.key_file} cannot be read')
    with open(s.key_file, encoding='utf-8') as file:
        try:  # held until we end, however we do
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            die(f'another gateway runs with {s.key_file}')
        run(Gateway(s, Kov(s.url, file.read().strip())), s.every)


if __name__ == '__main__':
    main()
