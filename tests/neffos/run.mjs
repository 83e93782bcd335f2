// The protocol's original client, unchanged, against the demo server: `node run.mjs ws://HOST:PORT/ws`.
//
// One line for each failing case, then `N passed, N failed`.

import assert from 'node:assert/strict';
import neffos from 'neffos.js';
import WebSocket from 'ws';

const url = process.argv[2];
const SOON = 20_000;

/** Fails rather than hangs. */
function soon(promise, what = 'it') {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not happen`)), SOON);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Remembers what was received, and hands it out in order. */
class Log {
  #items = [];
  #waiting = [];
  push(item) {
    const waiting = this.#waiting.shift();
    waiting ? waiting(item) : this.#items.push(item);
  }
  next(what) {
    if (this.#items.length > 0) return Promise.resolve(this.#items.shift());
    return soon(new Promise((resolve) => this.#waiting.push(resolve)), what ?? 'the next event');
  }
  get length() {
    return this.#items.length;
  }
}

const opened = [];

/** Opens a connection that logs events of these names in all namespaces of the demo. */
async function dial({ events = {}, headers = {}, query = '', reconnect = 0, namespaces = ['default', 'locked', 'sticky'] } = {}) {
  const log = new Log();
  const names = ['OnChat', 'echo', 'fail', 'roomchat', 'burst', 'batch', 'srvanswer', 'joined', 'left', 'nope'];
  const own = { ...events };
  for (const name of names) own[name] ??= (ns, msg) => log.push(msg);
  for (const name of ['Connected', 'Disconnect'].map((end) => `_OnNamespace${end}`)
    .concat(['Join', 'Joined', 'Leave', 'Left'].map((end) => `_OnRoom${end}`))) {
    own[name] ??= (ns, msg) => { log.system?.push(`${name}:${msg.Room || msg.Namespace}`); return null; };
  }
  log.system = new Log();
  const handlers = Object.fromEntries(namespaces.map((name) => [name, own]));
  const conn = await soon(neffos.dial(url + query, handlers, { headers, reconnect }), 'the connection');
  opened.push(conn);
  return { conn, log };
}

async function open(options) {
  const { conn, log } = await dial(options);
  const ns = await soon(conn.connect('default'), 'the namespace');
  return { conn, log, ns };
}

const ask = (ns, event, body = '') => {
  const msg = new neffos.Message();
  Object.assign(msg, { Namespace: ns.namespace, Event: event, Body: body });
  return soon(ns.conn.ask(msg), `the answer to ${event}`);
};
const text = async (ns, event, body) => (await ask(ns, event, body)).Body;
const error = async (promise) => {
  try {
    await soon(promise);
  } catch (e) {
    return e.message;
  }
  return undefined;
};

const cases = {
  async 'a connection gets an id that no other has'() {
    const [a, b] = [await open(), await open()];
    assert.match(a.conn.ID, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.notEqual(a.conn.ID, b.conn.ID);
    assert.equal(await text(a.ns, 'whoami'), a.conn.ID);
  },
  async 'a refused connection tells why, by header and by URL'() {
    assert.equal(await error(dial({ headers: { 'X-Reject': 'why' } })), 'rejected: why');
    assert.equal(await error(dial({ query: '?X-Websocket-Header-X-Reject=not%20you' })), 'rejected: not you');
  },
  async 'namespaces connect, and are refused with their reasons'() {
    const { conn } = await dial({ namespaces: ['default', 'locked', 'nope'] });
    assert.equal(await error(conn.connect('locked')), 'forbidden');
    assert.equal(await error(conn.connect('nope')), 'bad namespace');
    const ns = await soon(conn.connect('default'));
    assert.equal(ns.namespace, 'default');
    assert.equal(await soon(conn.connect('default')), ns);
  },
  async 'what the server sends to who has just entered arrives'() {
    for (let times = 0; times < 20; times += 1) {
      const { conn, log } = await dial({ namespaces: ['greeting'] });
      await soon(conn.connect('greeting'));
      assert.equal((await log.next('the greeting')).Body, 'welcome');
      conn.close();
    }
  },
  async 'a namespace disconnects, unless its hook says no'() {
    const { conn, ns } = await open();
    assert.equal(await soon(ns.disconnect()), null);
    assert.equal(conn.namespace('default'), undefined);
    const sticky = await soon(conn.connect('sticky'));
    assert.equal((await soon(sticky.disconnect())).message, 'not yet');
    assert.equal(await text(await soon(conn.connect('default')), 'echo', 'again'), 'again');
  },
  async 'the server connects a client of its own accord'() {
    const { conn, log } = await dial({ headers: { 'X-Force-Connect': 'default' } });
    const ns = conn.namespace('default') ?? (await soon(conn.waitServerConnect('default'), 'the connect'));
    assert.equal(await log.system.next(), '_OnNamespaceConnected:default');
    assert.equal(await text(ns, 'echo', 'hi'), 'hi');
  },
  async 'an ask is answered with its body'() {
    const { ns } = await open();
    for (const body of ['ping', '', 'x;y;z', 'é@%!semicolon@%!', 'x'.repeat(200_000)]) {
      assert.equal(await text(ns, 'echo', body), body);
    }
    assert.equal(await text(ns, 'we;ird', 'a;b'), 'a;b');
  },
  async 'an event without answer is answered emptily'() {
    const { ns } = await open();
    assert.equal((await ask(ns, 'OnChat', 'hello')).Body, '');
  },
  async 'an error reaches who asked, and else the event'() {
    const { ns, log } = await open();
    assert.equal(await error(ask(ns, 'fail', 'x')), 'boom');
    ns.emit('fail', 'x');
    const msg = await log.next();
    assert.deepEqual([msg.Event, msg.Err.message, msg.Body], ['fail', 'boom', undefined]);
  },
  async 'what is asked where nothing is gets an error'() {
    const { conn, ns } = await open();
    assert.equal(await error(ask(ns, 'nothing')), 'bad event');
    const raw = (over) => {
      const msg = new neffos.Message();
      return conn.ask(Object.assign(msg, { Namespace: 'default', Event: 'echo', Body: 'x' }, over));
    };
    ns.rooms.set('elsewhere', new neffos.Room(ns, 'elsewhere'));
    assert.equal(await error(raw({ Room: 'elsewhere' })), 'bad room');
    conn.connectedNamespaces.set('sticky', ns);
    assert.equal(await error(raw({ Namespace: 'sticky' })), 'bad namespace');
    conn.connectedNamespaces.delete('sticky');
    assert.equal(await text(ns, 'echo', 'still here'), 'still here');
  },
  async 'a chat reaches the others, and everybody when it says so'() {
    const [a, b, c] = [await open(), await open(), await open()];
    a.ns.emit('OnChat', 'hello');
    for (const { log } of [b, c]) assert.equal((await log.next()).Body, 'hello');
    a.ns.emit('OnChat', 'all:hello');
    for (const { log } of [a, b, c]) assert.equal((await log.next()).Body, 'all:hello');
  },
  async 'who left a namespace hears nothing of it'() {
    const [a, b] = [await open(), await open()];
    assert.equal(await soon(b.ns.disconnect()), null);
    assert.equal(await text(a.ns, 'OnChat', 'gone?'), '');
    b.ns = await soon(b.conn.connect('default'));
    a.ns.emit('OnChat', 'back');
    assert.equal((await b.log.next()).Body, 'back');
  },
  async 'rooms are joined, used and left'() {
    const [a, b, c] = [await open(), await open(), await open()];
    const room = await soon(a.ns.joinRoom('room1'));
    await soon(b.ns.joinRoom('room1'));
    await soon(a.ns.joinRoom('a;b'));
    assert.equal(await text(a.ns, 'rooms'), 'a;b,room1');
    room.emit('roomchat', 'hi room');
    const msg = await b.log.next();
    assert.deepEqual([msg.Room, msg.Body], ['room1', 'hi room']);
    assert.equal(await soon(room.leave()), null);
    assert.equal(await text(a.ns, 'rooms'), 'a;b');
    await text(c.ns, 'echo', 'x');
    assert.deepEqual([a.log.length, c.log.length], [0, 0]);
  },
  async 'a room may not be joined or left'() {
    const { ns } = await open();
    assert.equal(await error(ns.joinRoom('private')), 'no entry');
    const sticky = await soon(ns.joinRoom('sticky'));
    assert.equal((await soon(sticky.leave())).message, 'stay here');
    assert.equal(await text(ns, 'rooms'), 'sticky');
  },
  async 'all rooms are left at once'() {
    const { ns } = await open();
    for (const name of ['a', 'b', 'c']) await soon(ns.joinRoom(name));
    assert.equal(await text(ns, 'rooms'), 'a,b,c');
    await soon(ns.leaveAll());
    assert.equal(await text(ns, 'rooms'), '');
  },
  async 'binary bodies come back to the byte'() {
    const { ns, log } = await open();
    const bytes = new Uint8Array([0, 1, 2, 0x3b, 0x3b, 0xff, 0x80, 0x0a]);
    ns.emitBinary('echo', bytes);
    const msg = await log.next();
    assert.deepEqual(new Uint8Array(msg.Body), bytes);
  },
  async 'the error of a binary message is a text'() {
    const { ns, log } = await open();
    ns.emitBinary('fail', new Uint8Array([1]));
    assert.equal((await log.next()).Err.message, 'boom');
  },
  async 'a handler asks the client, and other messages are not eaten'() {
    const { ns, log } = await open({
      events: {
        question(ns, msg) {
          if (msg.Body === 'no') return new Error('refused: no');
          for (let i = 0; i < 300; i++) ns.emit('echo', `between ${i}`);
          return neffos.reply(`${msg.Body}!`);
        },
      },
    });
    assert.equal(await text(ns, 'askme', 'yes'), 'client said: yes!');
    for (let i = 0; i < 300; i++) assert.equal((await log.next()).Body, `between ${i}`);
    assert.equal(await error(ask(ns, 'askme', 'no')), 'refused: no');
  },
  async 'the server asks one connection by its id'() {
    const { ns, log } = await open({ events: { question: (ns, msg) => neffos.reply(`${msg.Body}?`) } });
    ns.emit('srvask', 'sure');
    const msg = await log.next();
    assert.deepEqual([msg.Event, msg.Body], ['srvanswer', 'sure?']);
  },
  async 'the server makes a client join and leave'() {
    const { ns, log } = await open();
    ns.emit('joinme', 'lobby');
    let msg = await log.next();
    assert.deepEqual([msg.Event, msg.Body], ['joined', '<nil>']);
    assert.ok(ns.rooms.has('lobby'));
    assert.equal(await text(ns, 'rooms'), 'lobby');
    ns.emit('leaveme', 'lobby');
    msg = await log.next();
    assert.deepEqual([msg.Event, msg.Body], ['left', '<nil>']);
    assert.equal(ns.rooms.size, 0);
    ns.emit('joinme', 'private');
    assert.equal((await log.next()).Body, 'no entry');
  },
  async 'a client is kicked out of the namespace, not off the connection'() {
    const { conn, ns, log } = await open();
    await soon(ns.joinRoom('room1'));
    while (log.system.length > 0) await log.system.next();
    ns.emit('kick', '');
    assert.equal(await log.system.next(), '_OnRoomLeave:room1');
    assert.equal(await log.system.next(), '_OnRoomLeft:room1');
    assert.equal(await log.system.next(), '_OnNamespaceDisconnect:default');
    assert.equal(conn.namespace('default'), undefined);
    const again = await soon(conn.connect('default'));
    assert.equal(await text(again, 'rooms'), '');
  },
  async 'the server closes the connection'() {
    const { conn, ns, log } = await open();
    ns.emit('bye', '');
    while ((await log.system.next()) !== '_OnNamespaceDisconnect:default');
    assert.ok(conn.isClosed());
  },
  async 'a burst arrives whole and in order at everybody'() {
    const all = [await open(), await open(), await open()];
    all[0].ns.emit('burst', '500');
    for (const { log } of all) {
      for (let i = 0; i < 500; i++) {
        const msg = await log.next(`burst ${i}`);
        assert.deepEqual([msg.Event, msg.Body], ['burst', String(i)]);
      }
    }
  },
  async 'a batch reaches each of those it names'() {
    const [a, b, c] = [await open(), await open(), await open()];
    a.ns.emit('batch', [c.conn.ID, 'no-such-id', b.conn.ID].join(','));
    assert.equal((await b.log.next()).Body, b.conn.ID);
    assert.equal((await c.log.next()).Body, c.conn.ID);
    await text(a.ns, 'echo', 'x');
    assert.equal(a.log.length, 0);
  },
  async 'a handler that panics is an error to its asker, and nothing to others'() {
    const [a, b] = [await open(), await open()];
    assert.equal(await error(ask(a.ns, 'panic')), 'internal server error');
    assert.equal(await text(a.ns, 'echo', 'still here'), 'still here');
    assert.equal(await text(b.ns, 'echo', 'here too'), 'here too');
  },
  async 'header fields that are not allowed do not come by URL'() {
    const query = '?X-Websocket-Header-Authorization=Bearer&X-Websocket-Header-X-Demo=yes';
    const { ns } = await open({ query });
    assert.equal(await text(ns, 'header', 'authorization'), '');
    assert.equal(await text(ns, 'header', 'x-demo'), 'yes');
    assert.equal(await text(ns, 'tries'), '0');
  },
  async 'a client connects again, with its namespaces and rooms'() {
    // The connection goes by a relay of its own, which is cut.
    const { relay, port, cut } = await startRelay();
    const again = new Promise((resolve) => {
      let count = 0;
      const handlers = {
        default: {
          _OnRoomJoined: (ns, msg) => {
            count += 1;
            if (count === 2) resolve(ns);
            return null;
          },
        },
      };
      (async () => {
        const to = new URL(url);
        to.port = port;
        const conn = await neffos.dial(String(to), handlers, { reconnect: 50 });
        opened.push(conn);
        const ns = await conn.connect('default');
        await ns.joinRoom('room1');
        cut();
      })();
    });
    const ns = await soon(again, 'the second join');
    opened.push(ns.conn);
    assert.ok(ns.conn.wasReconnected());
    assert.equal(await text(ns, 'tries'), '1');
    assert.equal(await text(ns, 'rooms'), 'room1');
    ns.conn.close();
    relay.close();
  },
  async 'only the handshake counts as such, and comes first'() {
    const ws = new WebSocket(url);
    const log = new Log();
    ws.on('message', (data) => log.push(String(data)));
    await soon(new Promise((resolve) => ws.on('open', resolve)));
    ws.send('Astolen-id');
    ws.send('My text');
    ws.send('$1;default;;_OnNamespaceConnect;0;0;');
    ws.send('$2;default;;whoami;0;0;');
    ws.send('M');
    const accepted = await log.next('A');
    assert.match(accepted, /^A[0-9a-f-]{36}$/);
    assert.equal(await log.next(), ';;;;1;0;invalid payload');
    assert.equal(await log.next(), ';;;;1;0;invalid payload');
    assert.equal(await log.next(), '$1;;;;;;');
    assert.equal(await log.next(), `$2;default;;whoami;0;0;${accepted.slice(1)}`);
    ws.close();
  },
  async 'other methods than GET open nothing'() {
    const http = url.replace('ws', 'http');
    const head = await fetch(http, { method: 'HEAD', redirect: 'manual' });
    assert.deepEqual([head.status, head.headers.get('location')], [302, null]);
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const other = await fetch(http, { method });
      assert.deepEqual([other.status, other.headers.get('allow')], [405, 'GET'], method);
      await other.text();
    }
  },
};

/** Passes connections on, and cuts those that there are when it is told to. */
async function startRelay() {
  const net = await import('node:net');
  const { hostname, port } = new URL(url);
  const pairs = [];
  const relay = net.createServer((client) => {
    const server = net.connect(port, hostname);
    pairs.push(client, server);
    client.pipe(server).pipe(client);
    client.on('error', () => server.destroy());
    server.on('error', () => client.destroy());
  });
  await new Promise((resolve) => relay.listen(0, '127.0.0.1', resolve));
  return { relay, port: relay.address().port, cut: () => pairs.splice(0).forEach((socket) => socket.destroy()) };
}

let [passed, failed] = [0, 0];
for (const [name, run] of Object.entries(cases)) {
  try {
    await run();
    passed += 1;
  } catch (e) {
    failed += 1;
    console.log(`${name}: ${e.stack}`);
  }
  // No case sees the connections of another.
  for (const conn of opened.splice(0)) conn.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
