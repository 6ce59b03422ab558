<?php
// What the PHP programs share; see common.py.

define('PORT', (int) getenv('PORT'));
define('NOTES', getenv('NOTES'));

function note(string $word, $value): void
{
    file_put_contents(NOTES, "$word $value\n", FILE_APPEND);
}

function noted(string $word): array
{
    $values = [];
    foreach (file(NOTES, FILE_IGNORE_NEW_LINES) as $line) {
        [$name, $value] = explode(' ', $line, 2);
        if ($name === $word) $values[] = $value;
    }
    return $values;
}

function accepted(): array
{
    $numbers = array_unique(array_map('intval', noted('accepted')));
    sort($numbers);
    return $numbers;
}

/** Repeats `$action` while the server is away; what it returns was promised by the server. */
function patiently(callable $action)
{
    $deadline = microtime(true) + 60;
    while (true) {
        try {
            return $action();
        } catch (RedisException $error) {
            if (microtime(true) > $deadline) throw $error;
            usleep(20000);
        }
    }
}

/** Enqueues the jobs numbered from `$first` to before `$end`, and notes each that was accepted. */
function produce(callable $enqueue, int $first, int $end): void
{
    for ($number = $first; $number < $end; $number++) {
        patiently(fn () => $enqueue($number));
        note('accepted', $number);
        usleep(10000);
    }
}

/** Stores entries numbered from 0 until it is told to end, and notes each that was accepted. */
function write(callable $store): void
{
    for ($number = 0; !file_exists(NOTES . '.end'); $number++) {
        patiently(fn () => $store($number));
        note('accepted', $number);
        usleep(2000);
        clearstatcache();
    }
}

/** The work of a job: to be noted, and to fail where it is meant to. */
function work(int $number): int
{
    $tries = count(array_keys(noted('tried'), (string) $number));
    note('tried', $number);
    if ($number % 10 === 7 || ($number % 10 === 3 && $tries === 0)) {
        throw new RuntimeException("job $number");
    }
    note('done', $number);
    return $number * $number;
}

function equal($got, $expected): void
{
    if ($got !== $expected) {
        throw new RuntimeException('expected ' . var_export($expected, true) . ', got ' . var_export($got, true));
    }
}

function perform(array $roles): void
{
    global $argv;
    $found = $roles[$argv[1]](...array_slice($argv, 2));
    if ($found !== null) echo json_encode($found), "\n";
}
