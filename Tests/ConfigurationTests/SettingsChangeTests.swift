import Bytes
import Testing

@testable import Configuration

@Suite struct SettingsChangeTests {
    private static func refusal(_ name: String, _ reason: String) -> String {
        "ERR CONFIG SET failed (possibly related to argument '\(name)') - \(reason)"
    }

    // Name, value, reason: as redis-server 7.0.15 answers.
    @Test(arguments: [
        ("appendonly", "maybe", "argument must be 'yes' or 'no'"),
        (
            "appendfsync", "x",
            "argument(s) must be one of the following: everysec, always, no"
        ),
        (
            "shutdown-on-sigint", "save nosave",
            "shutdown options SAVE and NOSAVE can't be used simultaneously"
        ),
        (
            "shutdown-on-sigint", "",
            "argument(s) must be one of the following: default, save, nosave, now, force"
        ),
        ("hz", "x", "argument couldn't be parsed into an integer"),
        ("tcp-keepalive", "010", "argument couldn't be parsed into an integer"),
        ("tcp-keepalive", "+1", "argument couldn't be parsed into an integer"),
        ("hz", "-1", "argument must be between 0 and 2147483647 inclusive"),
        ("maxmemory", "x", "argument must be a memory value"),
        ("maxmemory-clients", "101%", "percentage argument must be less or equal to 100"),
        ("maxmemory-clients", "x%", "argument must be a memory or percent value"),
        ("maxmemory-clients", "-5", "argument must be a memory or percent value"),
        (
            "client-query-buffer-limit", "5",
            "argument must be between 1048576 and 9223372036854775807 inclusive"
        ),
        (
            "auto-aof-rewrite-min-size", "9223372036854775808",
            "argument must be between 0 and 9223372036854775807 inclusive"
        ),
        ("maxclients", "0", "argument must be between 1 and 4294967295 inclusive"),
        ("unixsocketperm", "700", "can't set immutable config"),
        ("dir", "/", "can't set protected config"),
        ("save", "1", "Invalid save parameters"),
        ("save", "0 5", "Invalid save parameters"),
        ("save", "5 -1", "Invalid save parameters"),
        ("save", "5 1 ", "Invalid save parameters"),
        ("save", "5  1", "Invalid save parameters"),
        ("bind", "a b c d e f g h i j k l m n o p q", "Too many bind addresses specified."),
        (
            "client-output-buffer-limit", "normal 1 2",
            "Wrong number of arguments in buffer limit configuration."
        ),
        (
            "client-output-buffer-limit", "master 1 1 1",
            "Invalid client class specified in buffer limit configuration."
        ),
        (
            "client-output-buffer-limit", "normal x 2 3",
            "Error in hard, soft or soft_seconds setting in buffer limit configuration."
        ),
        (
            "notify-keyspace-events", "q",
            "Invalid event class character. Use 'Ag$lshzxeKEtmdn'."
        ),
        ("oom-score-adj-values", "1", "wrong number of arguments"),
        (
            "oom-score-adj-values", "1 x 3",
            "Invalid oom-score-adj-values, elements must be between -2000 and 2000."
        ),
        (
            "latency-tracking-info-percentiles", "50 101",
            "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]"
        ),
        (
            "latency-tracking-info-percentiles", "50 x",
            "Invalid latency-tracking-info-percentiles parameters"
        ),
        (
            "proc-title-template", "{foo}",
            "template format is invalid or contains unknown variables"
        ),
        (
            "cluster-announce-hostname", "a b",
            "Hostnames may only contain alphanumeric characters, hyphens or dots"
        ),
    ])
    func refusesInRedissWords(name: String, value: String, reason: String) {
        var settings = Settings()
        let reply = change(&settings, [(ByteString(name), ByteString(value))])
        #expect(reply == Self.refusal(name, reason))
    }

    // Name, value, and what CONFIG GET shows then: as redis-server 7.0.15 answers.
    @Test(arguments: [
        ("hz", "1000", "500"), ("maxmemory", "1gb", "1073741824"),
        ("maxmemory", "18446744073709551615", "18446744073709551615"),
        ("maxmemory-clients", "10%", "10%"), ("shutdown-on-sigint", "default save", "save"),
        ("shutdown-on-sigterm", "force NOSAVE", "nosave force"), ("save", "", ""),
        ("save", "60 1 30 2", "60 1 30 2"), ("notify-keyspace-events", "KEA", "AKE"),
        ("notify-keyspace-events", "Kgx", "gxK"), ("notify-keyspace-events", "AKEmn", "AnKEm"),
        ("repl-backlog-size", "1", "16384"), ("latency-tracking-info-percentiles", "", ""),
        ("latency-tracking-info-percentiles", "50 99.999 100", "50 99.999 100"),
        (
            "client-output-buffer-limit", "normal 10mb 2kb 3 replica 1 1 1",
            "normal 10485760 2048 3 slave 1 1 1 pubsub 33554432 8388608 60"
        ),
        ("maxmemory-policy", "ALLKEYS-LRU", "allkeys-lru"), ("requirepass", " a b ", " a b "),
        ("slave-priority", "5", "5"), ("list-max-ziplist-size", "-1", "-1"),
    ])
    func takesAndShows(name: String, value: String, shown: String) {
        var settings = Settings()
        #expect(change(&settings, [(ByteString(name), ByteString(value))]) == nil)
        let values = Directive.values(matching: [ByteString(name)], in: settings)
        #expect(values.map(\.value.text) == [shown])
    }

    @Test func changesAllOrNothing() {
        var settings = Settings()
        #expect(change(&settings, [("timeout", "5"), ("appendfsync", "sometimes")]) != nil)
        #expect(settings.network.timeout == 0)
        #expect(change(&settings, [("timeout", "5"), ("appendfsync", "always")]) == nil)
        #expect(settings.network.timeout == 5)
        #expect(settings.appendOnly.fsync == .always)
    }

    @Test func theFirstWrongNameIsTheReason() {
        var settings = Settings()
        #expect(
            change(&settings, [("appendfsync", "x"), ("foo", "1")])
                == "ERR Unknown option or number of arguments for CONFIG SET - 'foo'")
        #expect(
            change(&settings, [("databases", "3"), ("foo", "1")])
                == Self.refusal("databases", "can't set immutable config"))
        #expect(
            change(&settings, [("lua-time-limit", "1"), ("busy-reply-threshold", "2")])
                == Self.refusal("busy-reply-threshold", "duplicate parameter"))
    }

    @Test func circumstancesForbid() {
        var settings = Settings()
        #expect(change(&settings, [("dbfilename", "x.rdb")], allowsProtected: true) == nil)
        #expect(
            change(&settings, [("dbfilename", "a/b")], allowsProtected: true)
                == Self.refusal("dbfilename", "dbfilename can't be a path, just a filename"))
        #expect(change(&settings, [("appendonly", "yes")], isLoading: true) == "loading")
        #expect(change(&settings, [("timeout", "1")], isLoading: true) == nil)
    }

    @Test func namesWhatChanged() throws {
        let change = try SettingsChange(
            [
                (name: "timeout", value: "7"), (name: "hz", value: "10"),
                (name: "tls-cert-file", value: ""), (name: "port", value: "1"),
            ], of: Settings(), permissions: .init(isLoading: false, allowsProtected: false))
        #expect(change.changed.map(\.name) == ["timeout", "tls-cert-file", "port"])
    }

    @Test func getsByNameAliasAndPattern() {
        let settings = Settings()
        func names(_ patterns: ByteString...) -> [String] {
            Directive.values(matching: patterns, in: settings).map(\.name.text)
        }
        #expect(names("MaxMemory") == ["MaxMemory"])
        #expect(names("slaveof", "replicaof") == ["slaveof", "replicaof"])
        #expect(names("LIST-max-*") == ["list-max-listpack-size", "list-max-ziplist-size"])
        #expect(names("appendf*", "append*name").count == 3)
        #expect(names("use-exit-on-panic") == ["use-exit-on-panic"])
        #expect(names("use-exit*").isEmpty)
        #expect(names("nothing").isEmpty)
    }
}
