"""Existing clients work: redis-py, hiredis, php-redis, ruby-redis, node-redis."""

import json
import subprocess
import threading

from harness.context import Skip, equal, holds, need_program
from harness.tools import compiled, run


def redis_py():
    try:
        import redis
    except ImportError:
        raise Skip("redis-py is not installed (Debian package python3-redis)")
    return redis


def test_redis_py(context):
    redis = redis_py()
    server = context.start("ledgerstone", appendonly="yes")
    for protocol in (2, 3):
        client = redis.Redis(port=server.port, protocol=protocol)
        client.flushall()
        equal(client.set("a", "1"), True, "set")
        equal(client.get("a"), b"1", "get")
        equal(client.set("a", "2", nx=True), None, "set nx")
        equal(client.set("a", "3", get=True), b"1", "set get")
        equal(client.incr("n", 5), 5, "incr")
        equal(client.incrbyfloat("f", 1.5), 1.5, "incrbyfloat")
        equal(client.mset({"x": 1, "y": 2}), True, "mset")
        equal(client.mget("x", "y", "z"), [b"1", b"2", None], "mget")
        equal(client.expire("x", 100), True, "expire")
        holds(90 < client.ttl("x") <= 100, "ttl")
        equal(client.object("encoding", "n"), b"int", "object encoding")
        equal(sorted(client.scan_iter(count=2)), sorted([b"a", b"n", b"f", b"x", b"y"]), "scan")
        equal(client.dbsize(), 5, "dbsize")
        equal(client.restore("copy", 0, client.dump("x")), b"OK", "restore of a dump")
        equal(client.type("a"), b"string", "type")
        holds(client.info("persistence")["aof_enabled"] == 1, "info persistence")
        holds(client.info()["redis_version"].startswith("7.2"), "info")
        holds(client.config_get("maxmem*")["maxmemory"] == "0", "config get")
        equal(client.client_setname("tester"), True, "client setname")
        holds(client.client_getname() in ("tester", b"tester"), "client getname")
        holds(any(row["name"] == "tester" for row in client.client_list()), "client list")
        holds(client.time()[0] > 1_000_000_000, "time")
        holds(client.command_count() > 50, "command count")
        holds("get" in client.command(), "command")
        equal(client.lastsave().year >= 2020, True, "lastsave")
        client.close()


def test_redis_py_pipelines(context):
    redis = redis_py()
    server = context.start("ledgerstone")
    for protocol in (2, 3):
        client = redis.Redis(port=server.port, protocol=protocol)
        pipe = client.pipeline(transaction=False)
        for number in range(1000):
            pipe.set(f"k{number}", number)
            pipe.get(f"k{number}")
        equal(pipe.execute()[1::2], [b"%d" % n for n in range(1000)], "a pipeline of 2000")
        pipe = client.pipeline(transaction=True)
        pipe.set("a", 1).incr("a").incr("missing").get("a")
        equal(pipe.execute(), [True, 2, 1, b"2"], "a transaction")
        client.set("text", "abc")
        pipe = client.pipeline()
        pipe.incr("text").set("b", 1)
        replies = pipe.execute(raise_on_error=False)
        holds(isinstance(replies[0], redis.ResponseError) and replies[1] is True, "an error inside")
        client.flushall()
        client.close()


def test_redis_py_watch(context):
    """Many clients count with WATCH; nothing is lost, nothing counted twice."""
    redis = redis_py()
    server = context.start("ledgerstone")
    conflicts = []

    def count(times):
        client = redis.Redis(port=server.port)
        for _ in range(times):
            while True:
                with client.pipeline() as pipe:
                    try:
                        pipe.watch("counter")
                        value = int(pipe.get("counter") or 0)
                        pipe.multi()
                        pipe.set("counter", value + 1)
                        pipe.execute()
                        break
                    except redis.WatchError:
                        conflicts.append(1)
        client.close()

    threads = [threading.Thread(target=count, args=(50,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal(server.ask("GET", "counter"), b"300", "the counter")
    holds(conflicts, "there were conflicts")


def test_redis_py_auth(context):
    redis = redis_py()
    server = context.server("ledgerstone", requirepass="secret word")
    server.start(loaded=False)
    for protocol in (2, 3):
        client = redis.Redis(port=server.port, password="secret word", protocol=protocol)
        equal(client.ping(), True, "ping with the password")
        client.close()
        client = redis.Redis(port=server.port, username="default", password="secret word", protocol=protocol)
        equal(client.ping(), True, "ping with user and password")
        client.close()
        try:
            redis.Redis(port=server.port, protocol=protocol, password="wrong", retry=None).ping()
            raise AssertionError("a wrong password was accepted")
        except redis.AuthenticationError:
            pass
        try:
            redis.Redis(port=server.port, protocol=protocol, retry=None).ping()
            raise AssertionError("no password was accepted")
        except (redis.AuthenticationError, redis.ConnectionError, redis.ResponseError):
            pass


HIREDIS = r"""
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition) if (!(condition)) { printf("line %d: %s\n", __LINE__, c->errstr); return 1; }

int main(int argc, char **argv) {
    redisContext *c = redisConnect("127.0.0.1", atoi(argv[1]));
    CHECK(c && !c->err);
    redisReply *r = redisCommand(c, "SET %s %b", "key", "a\0b", (size_t)3);
    CHECK(r && r->type == REDIS_REPLY_STATUS && !strcmp(r->str, "OK"));
    freeReplyObject(r);
    r = redisCommand(c, "GET key");
    CHECK(r && r->type == REDIS_REPLY_STRING && r->len == 3 && !memcmp(r->str, "a\0b", 3));
    freeReplyObject(r);
    r = redisCommand(c, "GET nothing");
    CHECK(r && r->type == REDIS_REPLY_NIL);
    freeReplyObject(r);
    r = redisCommand(c, "NOSUCH");
    CHECK(r && r->type == REDIS_REPLY_ERROR && !strncmp(r->str, "ERR unknown command", 19));
    freeReplyObject(r);
    for (int i = 0; i < 10000; i++) redisAppendCommand(c, "INCR counter");
    for (int i = 0; i < 10000; i++) {
        CHECK(redisGetReply(c, (void **)&r) == REDIS_OK && r->integer == i + 1);
        freeReplyObject(r);
    }
    redisAppendCommand(c, "MULTI");
    redisAppendCommand(c, "MGET counter nothing");
    redisAppendCommand(c, "EXEC");
    redisGetReply(c, (void **)&r); freeReplyObject(r);
    redisGetReply(c, (void **)&r); freeReplyObject(r);
    CHECK(redisGetReply(c, (void **)&r) == REDIS_OK && r->type == REDIS_REPLY_ARRAY);
    CHECK(r->elements == 1 && r->element[0]->elements == 2);
    CHECK(!strcmp(r->element[0]->element[0]->str, "10000"));
    CHECK(r->element[0]->element[1]->type == REDIS_REPLY_NIL);
    freeReplyObject(r);
    redisFree(c);
    printf("fine\n");
    return 0;
}
"""


def test_hiredis(context):
    import os

    if not os.path.exists("/usr/include/hiredis/hiredis.h"):
        raise Skip("hiredis is not installed (Debian package libhiredis-dev)")
    program = compiled(context, "hiredis-client", HIREDIS, "-lhiredis")
    server = context.start("ledgerstone")
    result = run(program, server.port)
    equal(result.stdout.decode().strip(), "fine", "the program over hiredis")


PHP = r"""
$redis = new Redis();
$redis->connect('127.0.0.1', (int)$argv[1]);
$redis->set('a', 'x', ['EX' => 100]);
$redis->multi()->incr('n')->incr('n')->exec();
$redis->bgRewriteAOF();
do { usleep(20000); $before = $redis->info('persistence'); } while ($before['aof_rewrite_in_progress'] || $before['aof_rewrite_scheduled']);
for ($i = 0; $i < 2000; $i++) $redis->set("k$i", str_repeat('v', 100));
$info = $redis->info('persistence');
$warnings = [];
if ($info['aof_current_size'] > 2 * 1024 * 1024 * 1024) $warnings[] = 'the log is large';
if ($info['aof_base_size'] > 0 && $info['aof_current_size'] > 2 * $info['aof_base_size']) $warnings[] = 'the log has grown';
if ($info['aof_delayed_fsync'] > $before['aof_delayed_fsync']) $warnings[] = 'syncs are delayed';
if ($info['aof_last_write_status'] !== 'ok') $warnings[] = 'writing fails';
if ($info['aof_last_bgrewrite_status'] !== 'ok') $warnings[] = 'rewriting fails';
if ($info['rdb_last_bgsave_status'] !== 'ok') $warnings[] = 'saving fails';
if ($info['loading'] != 0) $warnings[] = 'loading';
if ($info['aof_pending_bio_fsync'] > 10) $warnings[] = 'syncs are queued';
echo json_encode(['warnings' => $warnings, 'info' => $info, 'n' => $redis->get('n'), 'ttl' => $redis->ttl('a'),
    'rewrite' => $redis->bgRewriteAOF(), 'lastsave' => $redis->lastSave()]);
"""


def test_php_monitor(context):
    """A monitor of the kind that warns on size, growth and delayed syncs, over php-redis."""
    need_program("php", "php-cli php-redis")
    if run("php", "-r", "exit(class_exists('Redis') ? 0 : 1);").returncode != 0:
        raise Skip("php-redis is not installed (Debian package php-redis)")
    server = context.start("ledgerstone", appendonly="yes")
    result = run("php", "-r", PHP, "--", server.port)
    try:
        found = json.loads(result.stdout)
    except ValueError:
        raise AssertionError(f"the monitor failed: {result.stdout!r} {result.stderr!r}")
    equal(found["warnings"], ["the log has grown"], "warnings of the monitor")
    holds(int(found["info"]["aof_current_size"]) > 200_000, "aof_current_size counts the log")
    equal(found["n"], "2", "a transaction over php-redis")
    holds(90 < found["ttl"] <= 100, "ttl over php-redis")
    equal(found["rewrite"], True, "bgRewriteAOF over php-redis")


RUBY = r"""
require 'redis'
redis = Redis.new(port: ARGV[0].to_i)
redis.set('a', "\x00\xff".b)
raise 'binary' unless redis.get('a').b == "\x00\xff".b
replies = redis.multi { |m| m.incr('n'); m.incr('n') }
raise 'multi' unless replies == [1, 2]
raise 'mapped' unless redis.mapped_mget('n', 'x') == { 'n' => '2', 'x' => nil }
raise 'pipeline' unless redis.pipelined { |p| 100.times { |i| p.set("k#{i}", i) } }.all? { |r| r == 'OK' }
raise 'scan' unless redis.scan_each(match: 'k*', count: 7).to_a.uniq.size == 100
raise 'info' unless redis.info('persistence')['aof_enabled'] == '1'
redis.watch('n') { redis.set('n', 7); raise 'watch' unless redis.multi { |m| m.incr('n') }.nil? }
begin
  redis.call('NOSUCH')
  raise 'no error'
rescue Redis::CommandError
end
puts 'fine'
"""


def test_ruby(context):
    need_program("ruby", "ruby ruby-redis")
    if run("ruby", "-e", "require 'redis'").returncode != 0:
        raise Skip("ruby-redis is not installed (Debian package ruby-redis)")
    server = context.start("ledgerstone", appendonly="yes")
    result = run("ruby", "-e", RUBY, "--", server.port)
    equal(result.stdout.decode().strip(), "fine", f"the script over ruby-redis {result.stderr.decode()[-500:]}")


NODE = r"""
const { createClient } = require('redis');
(async () => {
  const client = createClient({ socket: { port: parseInt(process.argv[1]) } });
  await client.connect();
  await client.set('a', '1', { EX: 100 });
  const replies = await client.multi().incr('a').get('a').exec();
  if (replies[0] !== 2 || replies[1] !== '2') throw new Error(JSON.stringify(replies));
  const many = await Promise.all([...Array(1000).keys()].map((i) => client.set('k' + i, '' + i)));
  if (!many.every((r) => r === 'OK')) throw new Error('set');
  let count = 0;
  for await (const key of client.scanIterator({ MATCH: 'k*' })) count++;
  if (count < 1000) throw new Error('scan ' + count);
  const info = await client.info('persistence');
  if (!info.includes('aof_enabled:1')) throw new Error(info);
  console.log('fine');
  await client.quit();
})().catch((e) => { console.log(e.stack); process.exit(1); });
"""


def test_node(context):
    need_program("node", "nodejs node-redis")
    path = {"NODE_PATH": "/usr/share/nodejs:/usr/lib/nodejs"}
    import os

    if subprocess.run(["node", "-e", "require('redis')"], env={**os.environ, **path}, capture_output=True).returncode != 0:
        raise Skip("node-redis is not installed (Debian package node-redis)")
    server = context.start("ledgerstone", appendonly="yes")
    result = subprocess.run(
        ["node", "-e", NODE, str(server.port)], env={**os.environ, **path}, capture_output=True, timeout=60
    )
    equal(result.stdout.decode().strip(), "fine", "the script over node-redis")
