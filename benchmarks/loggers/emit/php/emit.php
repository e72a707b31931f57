<?php
// Logs the events of a plan with Monolog, as itself and as Laravel sets it up.
//
// usage: php emit.php PLAN DIRECTORY

require 'Monolog/autoload.php';

use Monolog\Formatter\JsonFormatter;
use Monolog\Formatter\LineFormatter;
use Monolog\Handler\StreamHandler;
use Monolog\Logger;

function dump(array $d): string
{
    $f = $d['fields'];
    switch ($d['style'] % 8) {
        case 0:
        case 1:
            return print_r($f, true);
        case 2:
            return var_export($f, true);
        case 3:
            ob_start();
            var_dump($f);
            return ob_get_clean();
        case 4:
            return print_r(json_decode(json_encode($f)), true);
        case 5:
            return json_encode($f, JSON_PRETTY_PRINT);
        case 6:
            return serialize($f);
        default:
            return json_encode($f);
    }
}

function openSession(string $message, ...$options)
{
    throw new RuntimeException($message);
}

function fault(array $e): Throwable
{
    try {
        openSession($e['msg'], ...array_values($e['where'] ?? []));
    } catch (RuntimeException $err) {
        return $err;
    }
}

[, $plan, $directory] = $argv;
$levels = ['debug' => Logger::DEBUG, 'info' => Logger::INFO, 'warn' => Logger::WARNING, 'error' => Logger::ERROR];
$loggers = [];
$add = function (string $name, string $channel, $formatter) use (&$loggers, $directory) {
    $stream = fopen('php://memory', 'w+');
    $handler = new StreamHandler($stream, Logger::DEBUG);
    $handler->setFormatter($formatter);
    $loggers[$name] = [new Logger($channel, [$handler]), $stream, fopen("$directory/$name.jsonl", 'w')];
};
$add('monolog-line', 'app', new LineFormatter());
$add('monolog-json', 'app', new JsonFormatter());
// As Laravel's log manager makes it.
$laravel = new LineFormatter(null, 'Y-m-d H:i:s', true, true);
$laravel->includeStacktraces();
$add('laravel-like', 'production', $laravel);

foreach (file($plan) as $line) {
    $ev = json_decode($line, true);
    $msg = $ev['msg'] . (isset($ev['dump']) ? dump($ev['dump']) : '');
    $context = $ev['fields'] ?? [];
    if (isset($ev['error'])) {
        $context['exception'] = fault($ev['error']);
    }
    foreach ($loggers as [$log, $stream, $out]) {
        $log->log($levels[$ev['level']], $msg, $context);
        rewind($stream);
        $text = stream_get_contents($stream);
        ftruncate($stream, 0);
        rewind($stream);
        fwrite($out, json_encode(['event' => $ev['id'], 'text' => $text], JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE) . "\n");
    }
}
