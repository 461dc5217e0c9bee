// A real mail server, Exim, with all that it has in a directory of its own,
// as a user without privileges.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync,
	readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { kov, until } from '../http/harness.mjs';

const EXIM = '/usr/sbin/exim4';

export const PASSWORD = 'a password of the tests';

// Why there is none here, to skip what needs it; false: there is.
export const noMail = existsSync(EXIM) ? false :
    'another mail server is installed here, and Debian has one only';

// Whom the instance runs as; root's own mail Exim would not deliver.
function owner() {
	const { uid, gid } = statSync(`${kov.state}/postgres/`);

	return (process.getuid() === 0 ? { uid, gid } : {});
}

async function freePort() {
	const server = net.createServer().listen(0, '127.0.0.1');

	await new Promise((resolve) => server.once('listening', resolve));
	const { port } = server.address();
	await new Promise((resolve) => server.close(resolve));
	return (port);
}

const answers = (port) => new Promise((resolve) => {
	const socket = net.connect(port, '127.0.0.1');

	socket.on('data', () => resolve(true) || socket.destroy());
	socket.on('error', () => resolve(false));
});

// Anna and Jan have a mailbox; what is for full comes back later; while the
// file busy is there nobody gets anything; others are unknown.
const configuration = (dir, user, group) => `
primary_hostname = mail.test
exim_user = ${user}
exim_group = ${group}
deliver_drop_privilege = true
never_users =
spool_directory = ${dir}/spool
log_file_path = ${dir}/%slog
pid_file_path = ${dir}/pid
local_interfaces = 127.0.0.1
keep_environment =
smtp_accept_queue_per_connection = 0
tls_advertise_hosts = *
tls_certificate = ${dir}/certificate.pem
tls_privatekey = ${dir}/key.pem
auth_advertise_hosts = \${if eq{$tls_in_cipher}{}{}{*}}
acl_smtp_rcpt = recipient
begin acl
recipient:
  deny !authenticated = *
  defer condition = \${if exists{${dir}/busy}}
  require verify = recipient
  accept
begin routers
people:
  driver = accept
  local_parts = anna : jan
  transport = mailbox
full:
  driver = accept
  local_parts = full
  transport = fails
returned:
  driver = accept
  local_parts = bounce
  local_part_suffix = +*
  transport = returned
begin transports
mailbox:
  driver = appendfile
  directory = ${dir}/$local_part_data
  maildir_format
  return_path_add
fails:
  driver = pipe
  command = /bin/false
returned:
  driver = pipe
  command = ${dir}/returned
  message_prefix =
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = \${if eq{$auth2:$auth3}{kov:${PASSWORD}}}
`;

export async function mailServer() {
	const dir = mkdtempSync(`${tmpdir()}/kov-mail.`);
	const who = owner();
	const name = (flag) => execFileSync('id', ['-n', flag,
		...who.uid === undefined ? [] : [String(who.uid)]]).toString().trim();
	const mail = { port: await freePort(), dir };
	const keep = (file, words, mode = 0o600) => {
		writeFileSync(`${dir}/${file}`, words, { mode });
		if (who.uid !== undefined)
			chownSync(`${dir}/${file}`, who.uid, who.gid);
	};
	let child;

	chmodSync(dir, 0o700);
	if (who.uid !== undefined)
		chownSync(dir, who.uid, who.gid);
	keep('exim.conf', configuration(dir, name('-u'), name('-g')));
	keep('certificate.pem', readFileSync(process.env.KOV_TEST_CERTIFICATE));
	keep('key.pem', readFileSync(`${process.env.KOV_TEST_PROXY}/key.pem`));
	mail.start = async () => {
		child = spawn(EXIM, ['-C', `${dir}/exim.conf`, '-bdf',
			'-q10s', '-oX', String(mail.port)],
		{ ...who, cwd: dir, stdio: 'ignore' });
		await until(() => answers(mail.port), 20000);
	};
	mail.stop = async () => {
		const ended = new Promise((resolve) => child.once('exit', resolve));
		child.kill('SIGTERM');
		await ended;
	};
	mail.busy = (is) => is ? keep('busy', '') : rmSync(`${dir}/busy`);
	mail.returned = (script) => keep('returned', script, 0o700);
	// All that lies in somebody's mailbox.
	mail.box = (person) => existsSync(`${dir}/${person}/new`) ?
	    readdirSync(`${dir}/${person}/new`).map((file) => read(
		readFileSync(`${dir}/${person}/new/${file}`, 'latin1'))) : [];
	mail.end = async () => {
		await mail.stop();
		rmSync(dir, { recursive: true });
	};
	await mail.start();
	return (mail);
}

const utf8 = (latin1) => Buffer.from(latin1, 'latin1').toString();
const unquoted = (text) => utf8(text.replace(/=([0-9A-F]{2})/g,
    (all, hex) => String.fromCharCode(parseInt(hex, 16))));

// RFC 2047: words that stand beside each other are one.
const decoded = (header) => header.replace(/\?=\s+=\?utf-8\?q\?/gi, '')
    .replace(/=\?utf-8\?(q|b)\?(.*?)\?=/gi, (all, how, words) =>
	how.toLowerCase() === 'b' ? Buffer.from(words, 'base64').toString() :
	unquoted(words.replaceAll('_', ' ')));

// {headers: by name, decoded; raw; text}
function read(bytes) {
	const raw = bytes.replaceAll('\r\n', '\n');
	const at = raw.indexOf('\n\n');
	const lines = raw.slice(0, at).replace(/\n[ \t]+/g, ' ').split('\n');

	return ({ raw, headers: Object.fromEntries(lines.map((line) => [
		line.slice(0, line.indexOf(':')).toLowerCase(),
		decoded(line.slice(line.indexOf(':') + 1).trim())])),
	text: unquoted(raw.slice(at + 2).replace(/=\n/g, '')).trimEnd() });
}
