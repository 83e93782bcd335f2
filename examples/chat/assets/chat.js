// The page: what is typed goes to the server, what comes is shown. neffos.js is the protocol's original client, as it is.
import neffos from '/neffos.js';

const at = (id) => document.getElementById(id);
const delay = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What the user wants. The connection is made to fit, as often as it takes. */
const wanted = { name: '', room: '' };

/** The connection of now; what is heard of an older one does not count. */
let conn;

// Called by neffos.js. They return nothing: anything else would be sent to the server as an error.
const events = {
  say(_, message) {
    if (message.Err) return refused(message.Err);
    const { name, text } = JSON.parse(message.Body);
    add(`${name}: ${text}`);
  },
  joined(_, message) {
    add(`${message.Body} is here`, 'note');
    look();
  },
  left(_, message) {
    add(`${message.Body} has left`, 'note');
    look();
  },
  members(_, message) {
    if (message.Err) return void fail(message.Err);
    at('members').replaceChildren(...JSON.parse(message.Body).map((name) => element('li', name)));
  },
  // The server asks who this is, for the lists of others.
  name: () => neffos.reply(wanted.name),
  _OnRoomJoined(_, message) {
    if (at('room').textContent !== message.Room) at('lines').replaceChildren();
    at('room').textContent = message.Room;
    at('inside').hidden = false;
  },
  _OnRoomLeft(_, message) {
    // A room that was lost with the connection is entered again.
    if (!message.IsForced) at('inside').hidden = true;
  },
  _OnNamespaceDisconnect(namespace) {
    if (namespace.conn !== conn) return;
    conn = undefined;
    at('members').replaceChildren();
    connect('Reconnecting …', true);
  },
};

/**
 * Connects, and enters the room, until it is done or refused.
 *
 * neffos.js has `reconnect` for this, but enters rooms again only in browsers that print a function of their own in one certain way.
 */
async function connect(status, wasIn) {
  at('status').textContent = status;
  const { name } = wanted;
  while (wanted.name === name && !conn) {
    try {
      const dialing = neffos.dial(`/ws?name=${encodeURIComponent(name)}`, { chat: events });
      const made = await soon(dialing, dialing);
      await soon(made.connect('chat'), dialing);
      if (wanted.name !== name || conn) return made.close();
      conn = made;
      at('status').textContent = `Connected to ${location.host} as ${name}`;
      return enter();
    } catch (error) {
      // What is no error is the word of the browser that there was no connection. Who was in before is only refused for a time.
      if (error instanceof Error && error !== LATE && !wasIn) {
        at('status').textContent = 'Not connected';
        return fail(error);
      }
      at('status').textContent = 'Reconnecting …';
      // Not all pages at once.
      await delay(500 + 500 * Math.random());
    }
  }
}

const LATE = new Error('no answer');

/** Gives up a wait, and the connection that it was for: one that is lost at this point leaves neffos.js waiting for ever. */
async function soon(promise, dialing) {
  const late = delay(5000).then(() => {
    throw LATE;
  });
  try {
    return await Promise.race([promise, late]);
  } catch (error) {
    dialing.then((made) => made.close()).catch(() => {});
    throw error;
  }
}

async function enter() {
  const namespace = conn?.namespace('chat');
  if (!namespace || !wanted.room) return;
  for (const room of [...namespace.rooms.values()].filter((room) => room.name !== wanted.room)) await room.leave();
  try {
    await namespace.joinRoom(wanted.room);
  } catch (error) {
    at('inside').hidden = true;
    fail(error);
  }
}

/** The room that one is in. */
const room = () => conn?.namespace('chat')?.room(wanted.room);

/** Asks who is there; the answer comes as the event of the same name. */
const look = () => room()?.emit('members', '');

function add(text, kind = '') {
  at('lines').append(element('p', text, kind));
  at('lines').scrollTop = at('lines').scrollHeight;
}

function element(tag, text, kind = '') {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = kind;
  return made;
}

const fail = (error) => {
  at('error').textContent = error.message;
};

/** Takes what is in a form, instead of sending it. */
function submit(id, take) {
  at(id).addEventListener('submit', (event) => {
    event.preventDefault();
    at('error').textContent = '';
    take(event.target);
  });
}

submit('enter', ({ elements: { name, room } }) => {
  const isSomebodyElse = wanted.name !== name.value;
  Object.assign(wanted, { name: name.value, room: room.value });
  if (conn && !isSomebodyElse) return void enter();
  const old = conn;
  conn = undefined;
  old?.close();
  connect('Connecting …', false);
});

/** The last line, for when it is refused. */
let line = '';

submit('say', ({ elements: { text } }) => {
  if (!room()?.emit('say', JSON.stringify({ text: text.value }))) return fail(new Error('you are in no room'));
  line = text.value;
  text.value = '';
});

function refused(error) {
  at('say').elements.text.value ||= line;
  fail(error);
}

at('look').addEventListener('click', look);
at('leave').addEventListener('click', async () => {
  const left = room();
  wanted.room = '';
  const error = await left?.leave();
  if (error) fail(error);
});

// A server that has crashed tells nobody that its members are gone.
setInterval(look, 10_000);
