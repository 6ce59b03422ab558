// node-redis: scripts, publish and subscribe, streams, transactions, blocking reads.

const fs = require('fs');
const { createClient, defineScript, commandOptions } = require('redis');

const PORT = parseInt(process.env.PORT);
const NOTES = process.env.NOTES;
const note = (word, value) => fs.appendFileSync(NOTES, `${word} ${value}\n`);
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function equal(got, expected) {
  if (JSON.stringify(got) !== JSON.stringify(expected)) {
    throw new Error(`expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`);
  }
}

async function connect() {
  const client = createClient({
    socket: { port: PORT, reconnectStrategy: () => 20 },
    // A request whose answer was lost is the caller's to repeat.
    commandsQueueMaxLength: 1000,
    scripts: {
      addUpTo: defineScript({
        NUMBER_OF_KEYS: 1,
        SCRIPT: `local now = redis.call('INCRBY', KEYS[1], ARGV[1])
                 if now > tonumber(ARGV[2]) then redis.call('DECRBY', KEYS[1], ARGV[1]) return false end
                 return now`,
        transformArguments: (key, amount, max) => [key, amount.toString(), max.toString()],
        transformReply: (reply) => reply,
      }),
    },
  });
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function use(client) {
  equal([await client.addUpTo('seats', 2, 3), await client.addUpTo('seats', 2, 3)], [2, null]);
  equal(await client.set('a', '1', { NX: true, EX: 100 }), 'OK');
  equal(await client.set('a', '2', { NX: true, EX: 100 }), null);
  equal(await client.multi().incr('a').get('a').exec(), [2, '2']);

  const listener = client.duplicate();
  listener.on('error', () => {});
  await listener.connect();
  const heard = new Promise((resolve) => listener.subscribe('news', (text, channel) => resolve([channel, text])));
  const matched = new Promise((resolve) => listener.pSubscribe('n*', (text, channel) => resolve([channel, text])));
  while ((await client.pubSubNumSub('news')).news !== 1 || (await client.pubSubNumPat()) !== 1) await sleep(5);
  equal(await client.publish('news', 'hello'), 2);
  equal(await heard, ['news', 'hello']);
  equal(await matched, ['news', 'hello']);
  await listener.unsubscribe();
  await listener.pUnsubscribe();
  await listener.quit();

  const popped = client.blPop(commandOptions({ isolated: true }), 'list', 30);
  await client.rPush('list', 'element');
  equal(await popped, { key: 'list', element: 'element' });

  await client.xGroupCreate('stream', 'group', '$', { MKSTREAM: true });
  const id = await client.xAdd('stream', '*', { field: 'value' });
  const read = await client.xReadGroup('group', 'one', { key: 'stream', id: '>' }, { COUNT: 5 });
  equal(read[0].messages.map((row) => [row.id, row.message.field]), [[id, 'value']]);
  equal(await client.xAck('stream', 'group', id), 1);

  await client.zAdd('board', [{ score: 1, value: 'a' }, { score: 2, value: 'b' }]);
  equal(await client.zRangeWithScores('board', 0, 0, { REV: true }), [{ value: 'b', score: 2 }]);
  await client.hSet('hash', { a: '1', b: '2' });
  equal(await client.hGetAll('hash'), { a: '1', b: '2' });
}

async function write(client) {
  for (let number = 0; !fs.existsSync(`${NOTES}.end`); number++) {
    while (true) {
      try {
        await client.hSet('entries', `${number}`, `text ${number}`);
        break;
      } catch (error) {
        await sleep(20);
      }
    }
    note('accepted', number);
    await sleep(2);
  }
}

async function found(client) {
  const entries = Object.entries(await client.hGetAll('entries'));
  return entries.filter(([number, text]) => text === `text ${number}`).map(([number]) => parseInt(number));
}

(async () => {
  const client = await connect();
  const answer = await { use, write, found }[process.argv[2]](client);
  if (answer !== undefined) console.log(JSON.stringify(answer));
  await client.disconnect();
})().catch((error) => {
  console.error(error.stack);
  process.exit(1);
});
