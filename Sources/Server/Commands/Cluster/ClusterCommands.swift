import Bytes
import Commands
import RESP

/// CLUSTER and its relatives, as a server with cluster mode switched off answers them: every request of
/// the right length is refused in the same words.
enum ClusterCommands {
    static let all = [
        SessionCommand(
            CommandDeclaration(
                "cluster", arity: -2, [],
                docs: CommandDocs(
                    "Holds the commands about the cluster.",
                    complexity: "Depends on subcommand.", since: "3.0.0", group: .cluster)),
            subcommands: questions + changesOfSlots + changesOfNodes + [help]),
        SessionCommand(
            relative(
                "readonly", [.loading, .stale, .fast], "Lets a connection read from a replica."),
            run: refuse),
        SessionCommand(
            relative("readwrite", [.loading, .stale, .fast], "Ends READONLY for a connection."),
            run: refuse),
        SessionCommand(
            relative("asking", [.fast], "Lets the next command reach a slot that is being moved."),
            run: refuse),
    ]

    private static let refuse: SessionCommand.Run = { _, _ throws(CommandError) in
        throw .text("ERR This instance has cluster support disabled")
    }

    private static func relative(
        _ name: StaticString, _ flags: CommandFlags, _ summary: StaticString
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, arity: 1, flags, categories: [.connection],
            docs: CommandDocs(summary, complexity: "O(1)", since: "3.0.0", group: .cluster))
    }

    private static func subcommand(
        _ name: StaticString, arity: Int, _ flags: CommandFlags, _ summary: StaticString,
        complexity: StaticString = "O(1)", since: StaticString = "3.0.0",
        isFixed: Bool = true, arguments: [ArgumentDocs] = [],
        history: [(version: StaticString, change: StaticString)] = [],
        deprecation: (since: StaticString, by: StaticString)? = nil
    ) -> SessionCommand {
        SessionCommand(
            CommandDeclaration(
                name, of: "cluster", arity: arity, flags,
                tips: isFixed ? [] : ["nondeterministic_output"],
                docs: CommandDocs(
                    summary, complexity: complexity, since: since, group: .cluster,
                    arguments: arguments, history: history, deprecation: deprecation)),
            run: refuse)
    }

    private static let perNode: StaticString = "O(N) where N is the total number of Cluster nodes"
    private static let perSlot: StaticString =
        "O(N) where N is the total number of hash slot arguments"
    private static let perRange: StaticString =
        """
        O(N) where N is the total number of the slots between the start slot and end slot arguments.
        """
    private static let nodeIdentifier: [ArgumentDocs] = [.string("node-id")]
    private static let change: CommandFlags = [.admin, .stale, .noAsyncLoading]

    private static let help = subcommand(
        "help", arity: 2, [.loading, .stale], "Lists the subcommands and what they do.",
        since: "5.0.0")

    private static let questions = [
        subcommand(
            "count-failure-reports", arity: 3, [.admin, .stale],
            "Returns how many nodes report that a node has failed.",
            complexity: "O(N) where N is the number of failure reports", isFixed: false,
            arguments: nodeIdentifier),
        subcommand(
            "countkeysinslot", arity: 3, .stale, "Returns how many keys a slot has.",
            arguments: [.integer("slot")]),
        subcommand(
            "getkeysinslot", arity: 4, .stale, "Returns keys of a slot.",
            complexity: "O(log(N)) where N is the number of requested keys", isFixed: false,
            arguments: [.integer("slot"), .integer("count")]),
        subcommand("info", arity: 2, .stale, "Tells the state of the node.", isFixed: false),
        subcommand(
            "keyslot", arity: 3, .stale, "Returns the slot of a key.",
            complexity: "O(N) where N is the number of bytes in the key",
            arguments: [.string("key")]),
        subcommand(
            "links", arity: 2, .stale, "Returns the connections between the nodes.",
            complexity: perNode, since: "7.0.0", isFixed: false),
        subcommand("myid", arity: 2, .stale, "Returns the identifier of the node."),
        subcommand(
            "myshardid", arity: 2, [.loading, .stale], "Returns the identifier of the shard.",
            since: "7.2.0", isFixed: false),
        subcommand(
            "nodes", arity: 2, .stale, "Returns what the node knows of the cluster.",
            complexity: perNode, isFixed: false),
        subcommand(
            "replicas", arity: 3, [.admin, .stale], "Lists the replicas of a node.",
            since: "5.0.0", isFixed: false, arguments: nodeIdentifier),
        subcommand(
            "shards", arity: 2, .stale, "Returns which nodes have which slots.",
            complexity: "O(N) where N is the total number of cluster nodes", since: "7.0.0",
            isFixed: false),
        subcommand(
            "slaves", arity: 3, [.admin, .stale], "Lists the replicas of a node.", isFixed: false,
            arguments: nodeIdentifier, deprecation: ("5.0.0", "`CLUSTER REPLICAS`")),
        subcommand(
            "slots", arity: 2, .stale, "Returns which nodes have which slots.",
            complexity: perNode, isFixed: false,
            history: [
                ("4.0.0", "Added node IDs."),
                ("7.0.0", "Added additional networking metadata field."),
            ], deprecation: ("7.0.0", "`CLUSTER SHARDS`")),
    ]

    private static let slots: [ArgumentDocs] = [.integer("slot", .multiple)]
    private static let ranges: [ArgumentDocs] = [
        .block(
            "start-slot_end-slot", .multiple, [.integer("start-slot"), .integer("end-slot")])
    ]

    private static let changesOfSlots = [
        subcommand(
            "addslots", arity: -3, change, "Gives the node slots.", complexity: perSlot,
            arguments: slots),
        subcommand(
            "addslotsrange", arity: -4, change, "Gives the node ranges of slots.",
            complexity: perRange, since: "7.0.0", arguments: ranges),
        subcommand(
            "delslots", arity: -3, change, "Takes slots from the node.", complexity: perSlot,
            arguments: slots),
        subcommand(
            "delslotsrange", arity: -4, change, "Takes ranges of slots from the node.",
            complexity: perRange, since: "7.0.0", arguments: ranges),
        subcommand("flushslots", arity: 2, change, "Takes all slots from the node."),
        subcommand(
            "setslot", arity: -4, change, "Says which node has a slot.",
            arguments: [
                .integer("slot"),
                .oneOf(
                    "subcommand",
                    [
                        .string("node-id", token: "IMPORTING"),
                        .string("node-id", token: "MIGRATING"), .string("node-id", token: "NODE"),
                        .word("stable", "STABLE"),
                    ]),
            ]),
    ]

    private static let changesOfNodes = [
        subcommand("bumpepoch", arity: 2, change, "Advances the epoch.", isFixed: false),
        subcommand(
            "failover", arity: -2, change, "Makes a replica a master.",
            arguments: [
                .oneOf(
                    "options", .optional,
                    [.word("force", "FORCE"), .word("takeover", "TAKEOVER")])
            ]),
        subcommand("forget", arity: 3, change, "Removes a node.", arguments: nodeIdentifier),
        subcommand(
            "meet", arity: -4, change, "Joins the node with another.",
            arguments: [
                .string("ip"), .integer("port"),
                .integer("cluster_bus_port", .optional, since: "4.0.0"),
            ], history: [("4.0.0", "Added the optional `cluster_bus_port` argument.")]),
        subcommand(
            "replicate", arity: 3, change, "Makes the node a replica of another.",
            arguments: nodeIdentifier),
        subcommand(
            "reset", arity: -2, [.admin, .noScript, .stale], "Makes the node a new one.",
            complexity: """
                O(N) where N is the number of known nodes. The command may execute a FLUSHALL as a \
                side effect.
                """,
            arguments: [
                .oneOf("hard_soft", .optional, [.word("hard", "HARD"), .word("soft", "SOFT")])
            ]),
        subcommand("saveconfig", arity: 2, change, "Writes what the node knows to its file."),
        subcommand(
            "set-config-epoch", arity: 3, change, "Gives a new node its epoch.",
            arguments: [.integer("config-epoch")]),
    ]
}
