<?php
// Sessions of PHP itself, kept by php-redis (session.save_handler), with its locks.

require_once __DIR__ . '/common.php';

ini_set('session.save_handler', 'redis');
ini_set('session.save_path', 'tcp://127.0.0.1:' . PORT . '?prefix=session:');
ini_set('session.use_cookies', '0');
ini_set('session.use_strict_mode', '0');
ini_set('session.cache_limiter', '');
ini_set('session.gc_maxlifetime', '10000');
ini_set('redis.session.locking_enabled', '1');
// The lock of a session whose writing was cut off stands for so many seconds.
ini_set('redis.session.lock_expire', '1');
ini_set('redis.session.lock_retries', '1000');
ini_set('redis.session.lock_wait_time', '10000');

/** Opens the session of that name, lets `$use` change it, and writes it. */
function with_session(string $name, callable $use)
{
    // PHP only warns when the server is away; it would go on with an empty session.
    set_error_handler(function ($number, $text) { throw new RedisException($text); });
    try {
        session_id($name);
        session_start();
        $result = $use();
        session_write_close();
        return $result;
    } finally {
        restore_error_handler();
        if (session_status() === PHP_SESSION_ACTIVE) @session_abort();
    }
}

function client(): Redis
{
    $redis = new Redis();
    $redis->connect('127.0.0.1', PORT);
    return $redis;
}

function use_sessions(): void
{
    with_session('visitor', function () { $_SESSION = ['user' => 'ü', 'cart' => [1, 2]]; });
    equal(with_session('visitor', fn () => $_SESSION), ['user' => 'ü', 'cart' => [1, 2]]);
    equal(with_session('other', fn () => $_SESSION), []);
    $redis = client();
    equal($redis->ttl('session:visitor') > 9000, true);
    // While a session is open, its lock stands there.
    with_session('visitor', fn () => equal($redis->exists('session:visitor_LOCK'), 1));
    equal($redis->exists('session:visitor_LOCK'), 0);
    session_id('visitor');
    session_start();
    session_destroy();
    equal($redis->exists('session:visitor'), 0);

    foreach ([1, 2, 3] as $n) $redis->rPush('list', "item $n");
    equal($redis->eval("return redis.call('lrange', KEYS[1], 0, ARGV[1])", ['list', 1], 1), ['item 1', 'item 2']);
    equal($redis->set('once', 1, ['NX', 'EX' => 100]), true);
    equal($redis->set('once', 2, ['NX', 'EX' => 100]), false);
    equal($redis->zAdd('board', 2.5, 'a', 1, 'b'), 2);
    equal($redis->zRange('board', 0, -1, true), ['b' => 1.0, 'a' => 2.5]);
    equal($redis->xAdd('stream', '*', ['field' => 'value']) !== false, true);
    $redis->setOption(Redis::OPT_SERIALIZER, Redis::SERIALIZER_PHP);
    $redis->set('object', ['deep' => [true, null]]);
    equal($redis->get('object'), ['deep' => [true, null]]);
    $redis->setOption(Redis::OPT_SERIALIZER, Redis::SERIALIZER_NONE);
    $redis->setOption(Redis::OPT_SCAN, Redis::SCAN_RETRY);
    $cursor = null;
    $keys = [];
    while ($found = $redis->scan($cursor, 'o*', 3)) array_push($keys, ...$found);
    sort($keys);
    equal($keys, ['object', 'once']);
    $redis->close();
}

function found(): array
{
    $whole = fn ($number) => with_session("entry-$number", fn () => $_SESSION) === ['number' => $number];
    return array_values(array_filter(accepted(), $whole));
}

perform([
    'use' => fn () => use_sessions(),
    'write' => fn () => write(
        fn ($number) => with_session("entry-$number", function () use ($number) { $_SESSION['number'] = $number; })
    ),
    'found' => fn () => found(),
]);
