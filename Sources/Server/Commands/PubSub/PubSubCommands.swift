import Bytes
import Commands
import RESP

/// SUBSCRIBE, UNSUBSCRIBE, PUBLISH and their forms for patterns and for channels of shards.
enum PubSubCommands {
    static let all = [
        subscribe, psubscribe, ssubscribe, unsubscribe, punsubscribe, sunsubscribe, publish,
        spublish, PubSubQuestions.pubsub,
    ]

    private static let subscribe = subscribing(
        .channel, since: "2.0.0", "Lets the connection hear what is published to channels.",
        complexity: "O(N) where N is the number of channels to subscribe to.",
        arguments: [.string("channel", .multiple)])

    private static let psubscribe = subscribing(
        .pattern, since: "2.0.0",
        "Lets the connection hear what is published to channels that match patterns.",
        complexity: "O(N) where N is the number of patterns the client is already subscribed to.",
        arguments: [.block("pattern", .multiple, [.pattern()])])

    private static let ssubscribe = subscribing(
        .shardChannel, since: "7.0.0",
        "Lets the connection hear what is published to channels of shards.",
        complexity: "O(N) where N is the number of shard channels to subscribe to.",
        keys: [.keys(.notKey)], arguments: [.string("shardchannel", .multiple)])

    private static let unsubscribe = unsubscribing(
        .channel, since: "2.0.0", "Ends the connection's subscriptions to channels.",
        complexity: "O(N) where N is the number of clients already subscribed to a channel.",
        arguments: [.string("channel", [.optional, .multiple])])

    private static let punsubscribe = unsubscribing(
        .pattern, since: "2.0.0", "Ends the connection's subscriptions to patterns.",
        complexity: """
            O(N+M) where N is the number of patterns the client is already subscribed and M is the \
            number of total patterns subscribed in the system (by any client).
            """,
        arguments: [.pattern("pattern", [.optional, .multiple])])

    private static let sunsubscribe = unsubscribing(
        .shardChannel, since: "7.0.0", "Ends the connection's subscriptions to channels of shards.",
        complexity: "O(N) where N is the number of clients already subscribed to a shard channel.",
        keys: [.keys(.notKey)], arguments: [.string("shardchannel", [.optional, .multiple])])

    private static let publish = publishing(
        "publish", .channel, since: "2.0.0",
        "Tells the subscribers of a channel a message, and those of the patterns that match it.",
        complexity: """
            O(N+M) where N is the number of clients subscribed to the receiving channel and M is \
            the total number of subscribed patterns (by any client).
            """,
        arguments: [.string("channel"), .string("message")])

    private static let spublish = publishing(
        "spublish", .shardChannel, since: "7.0.0",
        "Tells the subscribers of a channel of a shard a message.",
        complexity: """
            O(N) where N is the number of clients subscribed to the receiving shard channel.
            """,
        keys: [.key(.notKey)], arguments: [.string("shardchannel"), .string("message")])

    // MARK: Shapes

    private static let flags: CommandFlags = [.pubSub, .noScript, .loading, .stale]

    private static func subscribing(
        _ kind: SubscriptionKind, since: StaticString, _ summary: StaticString,
        complexity: StaticString, keys: [KeySpecification] = [], arguments: [ArgumentDocs]
    ) -> SessionCommand {
        SessionCommand(
            CommandDeclaration(
                kind.subscribed, arity: -2, flags, keys: keys,
                docs: CommandDocs(
                    summary, complexity: complexity, since: since, group: .pubsub,
                    arguments: arguments))
        ) { arguments, session throws(CommandError) in
            // Redis lets transactions subscribe to channels for the sake of old clients, and only
            // to those.
            if kind == .shardChannel, session.server.isInUnit {
                throw .text("ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client")
            }
            for index in 1..<arguments.count {
                session.server.subscribe(session.client, to: arguments[index], kind)
            }
        }
    }

    private static func unsubscribing(
        _ kind: SubscriptionKind, since: StaticString, _ summary: StaticString,
        complexity: StaticString, keys: [KeySpecification] = [], arguments: [ArgumentDocs]
    ) -> SessionCommand {
        SessionCommand(
            CommandDeclaration(
                kind.unsubscribed, arity: -1, flags, keys: keys,
                docs: CommandDocs(
                    summary, complexity: complexity, since: since, group: .pubsub,
                    arguments: arguments))
        ) { arguments, session throws(CommandError) in
            if arguments.count == 1 {
                return session.server.unsubscribeFromAll(session.client, kind)
            }
            for index in 1..<arguments.count {
                session.server.unsubscribe(session.client, from: arguments[index], kind)
            }
        }
    }

    private static func publishing(
        _ name: StaticString, _ kind: SubscriptionKind, since: StaticString,
        _ summary: StaticString, complexity: StaticString, keys: [KeySpecification] = [],
        arguments: [ArgumentDocs]
    ) -> SessionCommand {
        SessionCommand(
            CommandDeclaration(
                name, arity: 3, [.pubSub, .loading, .stale, .fast, .mayReplicate], keys: keys,
                docs: CommandDocs(
                    summary, complexity: complexity, since: since, group: .pubsub,
                    arguments: arguments))
        ) { arguments, session throws(CommandError) in
            session.replies.integer(
                session.server.publish(
                    arguments[2], to: arguments[1], kind, from: session.server.currentClient))
        }
    }
}
