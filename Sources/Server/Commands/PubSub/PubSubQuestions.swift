import Bytes
import Commands
import RESP

/// PUBSUB: who listens to what.
enum PubSubQuestions {
    static let pubsub = SessionCommand(
        CommandDeclaration(
            "pubsub", arity: -2, [],
            docs: CommandDocs(
                "Holds the commands about subscriptions.", complexity: "Depends on subcommand.",
                since: "2.8.0", group: .pubsub)),
        subcommands: [numpat, numsub, channels, help, shardchannels, shardnumsub])

    private static let channels = listing(
        "channels", .channel, since: "2.8.0", "Lists the channels that have subscribers.",
        complexity: """
            O(N) where N is the number of active channels, and assuming constant time pattern \
            matching (relatively short channels and patterns)
            """)

    private static let shardchannels = listing(
        "shardchannels", .shardChannel, since: "7.0.0",
        "Lists the channels of shards that have subscribers.",
        complexity: """
            O(N) where N is the number of active shard channels, and assuming constant time \
            pattern matching (relatively short shard channels).
            """)

    private static let numsub = counting(
        "numsub", .channel, since: "2.8.0", "Counts the subscribers of channels.",
        complexity: "O(N) for the NUMSUB subcommand, where N is the number of requested channels",
        argument: "channel")

    private static let shardnumsub = counting(
        "shardnumsub", .shardChannel, since: "7.0.0",
        "Counts the subscribers of channels of shards.",
        complexity: """
            O(N) for the SHARDNUMSUB subcommand, where N is the number of requested shard channels
            """,
        argument: "shardchannel")

    private static let numpat = SessionCommand(
        declaration(
            "numpat", arity: 2, since: "2.8.0", "Counts the patterns that have subscribers.",
            complexity: "O(1)")
    ) { _, session throws(CommandError) in
        session.replies.integer(session.server.pubSub.patterns.count)
    }

    private static let help = SessionCommand(
        CommandDeclaration(
            "help", of: "pubsub", arity: 2, [.loading, .stale],
            docs: CommandDocs(
                "Lists the subcommands and what they do.", complexity: "O(1)", since: "6.2.0",
                group: .pubsub))
    ) { _, session throws(CommandError) in
        session.replies.help(of: "PUBSUB", helpLines)
    }

    private static let helpLines: [StaticString] = [
        "CHANNELS [<pattern>]",
        "    The channels that have subscribers; with a pattern, those that match it.",
        "NUMPAT",
        "    How many different patterns have subscribers.",
        "NUMSUB [<channel> ...]",
        "    How many subscribers each of the channels has, those by patterns not counted.",
        "SHARDCHANNELS [<pattern>]",
        "    The channels of shards that have subscribers; with a pattern, those that match it.",
        "SHARDNUMSUB [<shardchannel> ...]",
        "    How many subscribers each of the channels of shards has.",
    ]

    // MARK: Shapes

    private static func declaration(
        _ name: StaticString, arity: Int, since: StaticString, _ summary: StaticString,
        complexity: StaticString, arguments: [ArgumentDocs] = []
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, of: "pubsub", arity: arity, [.pubSub, .loading, .stale],
            docs: CommandDocs(
                summary, complexity: complexity, since: since, group: .pubsub,
                arguments: arguments))
    }

    private static func listing(
        _ name: StaticString, _ kind: SubscriptionKind, since: StaticString,
        _ summary: StaticString, complexity: StaticString
    ) -> SessionCommand {
        SessionCommand(
            declaration(
                name, arity: -2, since: since, summary, complexity: complexity,
                arguments: [.pattern("pattern", .optional)])
        ) { arguments, session throws(CommandError) in
            guard arguments.count <= 3 else { throw .tooManyWords(arguments, of: "PUBSUB") }
            let table = session.server.pubSub[kind]
            var names = table.numbers.map { table.name($0) }
            if arguments.count == 3 {
                names.removeAll { name in
                    !name.withSlice { Glob.matches($0, arguments[2]) }
                }
            }
            session.replies.array(names.count)
            for name in names { session.replies.bulk(name) }
        }
    }

    private static func counting(
        _ name: StaticString, _ kind: SubscriptionKind, since: StaticString,
        _ summary: StaticString, complexity: StaticString, argument: StaticString
    ) -> SessionCommand {
        SessionCommand(
            declaration(
                name, arity: -2, since: since, summary, complexity: complexity,
                arguments: [.string(argument, [.optional, .multiple])])
        ) { arguments, session throws(CommandError) in
            let table = session.server.pubSub[kind]
            session.replies.array((arguments.count - 2) * 2)
            for index in 2..<arguments.count {
                let count = table.find(arguments[index]).map { table.subscribers($0).count }
                session.replies.bulk(arguments[index])
                session.replies.integer(count ?? 0)
            }
        }
    }
}
