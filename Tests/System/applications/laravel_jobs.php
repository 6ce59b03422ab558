<?php
// Laravel's queue (illuminate/queue over php-redis): its scripts push, pop, release and migrate.

require_once 'Illuminate/Queue/autoload.php';
require_once 'Illuminate/Redis/autoload.php';
require_once __DIR__ . '/common.php';

use Illuminate\Container\Container;
use Illuminate\Contracts\Debug\ExceptionHandler;
use Illuminate\Contracts\Events\Dispatcher;
use Illuminate\Queue\Capsule\Manager;
use Illuminate\Queue\Connectors\RedisConnector;
use Illuminate\Queue\Events\JobFailed;
use Illuminate\Queue\Worker;
use Illuminate\Queue\WorkerOptions;
use Illuminate\Redis\RedisManager;

/** Keeps what the worker tells of: failed jobs go to a list, as a failed-job store would do. */
class Events implements Dispatcher
{
    public function dispatch($event, $payload = [], $halt = false)
    {
        if ($event instanceof JobFailed) {
            $number = $event->job->payload()['data']['number'];
            redis()->rpush('failed', $number);
        }
    }

    public function listen($events, $listener = null) {}
    public function hasListeners($name) { return false; }
    public function subscribe($subscriber) {}
    public function until($event, $payload = []) {}
    public function push($event, $payload = []) {}
    public function flush($event) {}
    public function forget($event) {}
    public function forgetPushed() {}
}

class Reports implements ExceptionHandler
{
    public function report(Throwable $error) { fwrite(STDERR, $error->getMessage() . "\n"); }
    public function shouldReport(Throwable $error) { return true; }
    public function render($request, Throwable $error) {}
    public function renderForConsole($output, Throwable $error) {}
}

class Square
{
    public function fire($job, array $data): void
    {
        redis()->hset('results', $data['number'], work($data['number']));
        $job->delete();
    }
}

$container = new Container();
Container::setInstance($container);
$container->instance(Dispatcher::class, new Events());
$container->instance('events', $container->make(Dispatcher::class));
$servers = new RedisManager($container, 'phpredis', [
    'default' => ['host' => '127.0.0.1', 'port' => PORT, 'database' => 0],
]);
$container->instance('redis', $servers);
$manager = new Manager($container);
$manager->addConnection(['driver' => 'redis', 'connection' => 'default', 'queue' => 'jobs', 'retry_after' => 90]);

function redis()
{
    return Container::getInstance()->make('redis')->connection();
}

/** A worker as `queue:work` runs it; a broken connection ends it, and its supervisor starts it anew. */
function worker(Manager $manager): void
{
    $worker = new Worker($manager->getQueueManager(), Container::getInstance()->make(Dispatcher::class), new Reports(), fn () => false);
    $options = new WorkerOptions();
    $options->maxTries = 3;
    $options->sleep = 0.02;
    while (true) {
        patiently(fn () => redis()->ping());
        $worker->runNextJob('default', 'jobs', $options);
    }
}

function outcome(): array
{
    $numbers = fn (array $bodies) => array_map(fn ($body) => json_decode($body, true)['data']['number'], $bodies);
    return [
        'results' => (object) array_map('intval', redis()->hgetall('results')),
        'failed' => array_map('intval', redis()->lrange('failed', 0, -1)),
        'held' => array_merge(
            $numbers(redis()->lrange('queues:jobs', 0, -1)),
            $numbers(redis()->zrange('queues:jobs:reserved', 0, -1)),
            $numbers(redis()->zrange('queues:jobs:delayed', 0, -1)),
        ),
    ];
}

perform([
    'produce' => fn ($first, $end) => produce(
        fn ($number) => $manager->getConnection()->push('Square', ['number' => $number]), (int) $first, (int) $end
    ),
    'work' => fn () => worker($manager),
    'outcome' => fn () => outcome(),
]);
