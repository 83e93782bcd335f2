// The chat of the examples in two tabs of a browser, on two servers: `node run.mjs PROGRAM [CHROMIUM]`.
//
// One line for each step. The first that fails ends it, with what both pages show, and a picture of each.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const [, , program, executablePath = '/usr/bin/chromium'] = process.argv;
const SOON = 20_000;

/** What is to be ended, however this ends. */
const started = [];
process.on('exit', () => started.forEach((child) => child.kill()));

/** Starts the chat, and waits until what it has printed is whole. */
async function start(args, isWhole) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  let said = '';
  const whole = new Promise((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      said += `${line}\n`;
      if (isWhole(said)) resolve(said);
    });
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`the chat ended with ${code}, having said: ${said}`)));
  });
  return { child, said: await soon(whole, 'the start') };
}

/** Fails rather than hangs. */
function soon(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not happen`)), SOON);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const isRunning = (pid) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** One user's tab. */
class Tab {
  problems = [];
  constructor(page) {
    this.page = page;
    page.setDefaultTimeout(SOON);
    page.on('pageerror', (error) => this.problems.push(`${error.stack}`));
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) this.problems.push(message.text());
    });
  }
  static async open(browser, address) {
    // A context of its own: the tab of another user.
    const tab = new Tab(await (await browser.newContext()).newPage());
    const answer = await tab.page.goto(`http://${address}/`);
    assert.equal(answer.headers()['content-security-policy'], "default-src 'self'");
    return tab;
  }
  press(name) {
    return this.page.getByRole('button', { name, exact: true }).click();
  }
  async enter(name, room) {
    await this.page.getByLabel('Name').fill(name);
    await this.page.getByLabel('Room').fill(room);
    await this.press('Enter');
  }
  async say(text) {
    await this.page.getByRole('textbox', { name: 'Line' }).fill(text);
    await this.press('Say');
  }
  /** Waits until what is below a selector, text by text, is as expected. */
  async shows(selector, expected) {
    const texts = () => this.page.locator(selector).allInnerTexts();
    const isThere = ([selector, expected]) => {
      const shown = [...document.querySelectorAll(selector)].filter((found) => found.checkVisibility());
      return JSON.stringify(shown.map((found) => found.innerText)) === JSON.stringify(expected);
    };
    await this.page.waitForFunction(isThere, [selector, expected], { timeout: SOON, polling: 50 }).catch(async () => {
      assert.deepEqual(await texts(), expected, selector);
      assert.fail(`${selector} is shown only now`);
    });
  }
  lines(...expected) {
    return this.shows('#lines p:not(.note)', expected);
  }
  members(...expected) {
    return this.shows('#members li', expected);
  }
  async fails(text) {
    await this.shows('#error', [text]);
  }
  status(text) {
    return this.shows('#status', [text]);
  }
}

const servers = await start(['--two'], (said) => said.includes('Ctrl-C'));
const [redis] = servers.said.match(/redis:\/\/\S+\d/);
const [here, there] = [...servers.said.matchAll(/http:\/\/(\S+) +process (\d+)/g)].map((found) => ({
  address: found[1],
  pid: Number(found[2]),
}));
// Chromium keeps its sandbox but for root, who cannot have one.
const browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
const [ann, bob] = [await Tab.open(browser, here.address), await Tab.open(browser, there.address)];

/** What was said in the lobby, as it is shown. */
const said = [];

const steps = {
  async 'without the client of the protocol, the program says how to get it'() {
    const child = spawn(program, ['--neffos-js', '/nowhere/neffos.js'], { stdio: ['ignore', 'ignore', 'pipe'] });
    let told = '';
    child.stderr.on('data', (data) => (told += data));
    assert.deepEqual(await soon(once(child, 'close'), 'the end'), [1, null]);
    assert.match(told, /npm ci --prefix tests\/neffos/);
  },
  async 'a name that breaks a rule is refused with the name of its field'() {
    await ann.enter('x'.repeat(25), 'lobby');
    await ann.fails('Query Parameter name: must have at least 1 and at most 24 characters');
    await ann.status('Not connected');
  },
  async 'both enter a room, and each sees both'() {
    await ann.enter('Ann', 'lobby');
    await ann.status(`Connected to ${here.address} as Ann`);
    await ann.members('Ann');
    await bob.enter('Bob', 'lobby');
    await bob.status(`Connected to ${there.address} as Bob`);
    for (const tab of [ann, bob]) await tab.members('Ann', 'Bob');
  },
  async 'what one says, the other reads, in order'() {
    for (let count = 0; count < 5; count++) {
      await ann.say(`line ${count}`);
      said.push(`Ann: line ${count}`);
    }
    await bob.lines(...said);
    await bob.say('and back; <b>as it is</b>');
    said.push('Bob: and back; <b>as it is</b>');
    for (const tab of [ann, bob]) await tab.lines(...said);
  },
  async 'a line that breaks a rule is not sent, and its field is named'() {
    await ann.say('x'.repeat(201));
    await ann.fails('Body text: must have at least 1 and at most 200 characters');
    assert.equal(await ann.page.getByRole('textbox', { name: 'Line' }).inputValue(), 'x'.repeat(201), 'it can be mended');
    await ann.say('');
    await ann.fails('Body text: must have at least 1 and at most 200 characters');
    await ann.say('x'.repeat(200));
    said.push(`Ann: ${'x'.repeat(200)}`);
    await ann.shows('#error', []);
    for (const tab of [ann, bob]) await tab.lines(...said);
  },
  async 'who has left a room reads nothing of it'() {
    await bob.press('Leave');
    await bob.shows('#inside', []);
    await ann.members('Ann');
    const read = [...said];
    await ann.say('is he gone?');
    said.push('Ann: is he gone?');
    await ann.lines(...said);
    await bob.enter('Bob', 'lobby');
    await ann.members('Ann', 'Bob');
    await ann.say('welcome back');
    said.push('Ann: welcome back');
    await bob.lines(...read, 'Ann: welcome back');
  },
  async 'rooms do not read each other'() {
    await bob.enter('Bob', 'library');
    await bob.members('Bob');
    await bob.say('quiet');
    await bob.lines('Bob: quiet');
    await bob.enter('Bob', 'lobby');
    await bob.members('Ann', 'Bob');
    await bob.say('how loud');
    said.push('Bob: how loud');
    await ann.lines(...said);
    await bob.lines('Bob: how loud');
  },
  async 'the member of a server that crashed is gone at the next look'() {
    process.kill(there.pid, 'SIGKILL');
    await bob.status('Reconnecting …');
    await ann.press('Look again');
    await ann.members('Ann');
  },
  async 'a page comes back with its server, into its room'() {
    await start([there.address, '--redis', redis], (said) => said.includes(`chat on http://${there.address}`));
    await bob.status(`Connected to ${there.address} as Bob`);
    for (const tab of [ann, bob]) await tab.members('Ann', 'Bob');
    await ann.say('here again?');
    await bob.lines('Bob: how loud', 'Ann: here again?');
    await bob.say('yes');
    await ann.lines(...said, 'Ann: here again?', 'Bob: yes');
  },
  async 'a tab that is closed is gone from the list'() {
    await bob.page.close();
    await ann.members('Ann');
  },
  async 'the pages had no errors, and needed no script but their own'() {
    assert.deepEqual([...ann.problems, ...bob.problems], []);
  },
  async 'nothing is left when it is interrupted'() {
    const ended = once(servers.child, 'exit');
    servers.child.kill('SIGINT');
    assert.deepEqual(await soon(ended, 'the end'), [0, null]);
    for (const { pid } of [here, there]) assert.ok(!isRunning(pid), `${pid} runs`);
    const broker = connect(Number(new URL(redis).port), '127.0.0.1');
    const [error] = await soon(once(broker, 'error'), 'the refusal of the broker');
    assert.equal(error.code, 'ECONNREFUSED');
  },
};

/** Keeps what a failure can be understood by. */
async function tell(failed) {
  const folder = mkdtempSync(join(tmpdir(), 'chat-'));
  for (const [name, { page, problems }] of Object.entries({ ann, bob })) {
    if (page.isClosed()) continue;
    const path = join(folder, `${name}.png`);
    await page.screenshot({ path });
    const text = await page.locator('body').innerText();
    console.log(`\n${name} (${path}):\n${text}\n${problems.join('\n')}`);
  }
  console.log(`\nfailed: ${failed}`);
}

let code = 0;
for (const [name, run] of Object.entries(steps)) {
  try {
    await run();
    console.log(`ok: ${name}`);
  } catch (error) {
    code = 1;
    console.log(error.stack);
    await tell(name);
    break;
  }
}
await browser.close();
// The two end their servers themselves, when they are asked to.
for (const child of started.filter((child) => child.exitCode === null && child.signalCode === null)) {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await soon(ended, 'the end').catch(() => child.kill('SIGKILL'));
}
process.exit(code);
