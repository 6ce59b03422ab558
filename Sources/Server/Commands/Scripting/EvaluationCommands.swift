import Bytes
import Commands
import RESP

/// EVAL and its kin: they run scripts.
enum EvaluationCommands {
    static let all = [eval, evalRead, evalByName, evalByNameRead]

    private static let writes: KeySpecification.Use = [.readWrite, .access, .update]
    private static let reads: KeySpecification.Use = [.readOnly, .access]

    private static func declare(
        _ name: StaticString, readsOnly: Bool, isNamed: Bool, _ summary: StaticString
    ) -> CommandDeclaration {
        let flags: CommandFlags = [.noScript, .stale, .skipMonitor, .noMandatoryKeys, .movableKeys]
        let writeNotes: StaticString =
            "We cannot tell how the keys will be used so we assume the worst, RW and UPDATE"
        let readNotes: StaticString =
            "We cannot tell how the keys will be used so we assume the worst, RO and ACCESS"
        return CommandDeclaration(
            name, arity: -3, flags.union(readsOnly ? .readOnly : .mayReplicate),
            categories: [.scripting],
            keys: [
                KeySpecification(
                    readsOnly ? reads : writes, begin: .index(2),
                    find: .count(at: 0, first: 1, step: 1),
                    notes: isNamed ? nil : readsOnly ? readNotes : writeNotes)
            ],
            docs: CommandDocs(
                summary, complexity: "Depends on the script that is executed.",
                since: readsOnly ? "7.0.0" : "2.6.0", group: .scripting,
                arguments: [
                    .string(isNamed ? "sha1" : "script"), .integer("numkeys"),
                    .key("key", [.optional, .multiple]), .string("arg", [.optional, .multiple]),
                ]))
    }

    private static let eval = SessionCommand(
        declare("eval", readsOnly: false, isNamed: false, "Runs a Lua script.")
    ) { arguments, session throws(CommandError) in
        try evaluate(arguments, session, readsOnly: false)
    }

    private static let evalRead = SessionCommand(
        declare("eval_ro", readsOnly: true, isNamed: false, "Runs a Lua script that only reads.")
    ) { arguments, session throws(CommandError) in
        try evaluate(arguments, session, readsOnly: true)
    }

    private static let evalByName = SessionCommand(
        declare("evalsha", readsOnly: false, isNamed: true, "Runs a Lua script by its SHA-1.")
    ) { arguments, session throws(CommandError) in
        try evaluateByName(arguments, session, readsOnly: false)
    }

    private static let evalByNameRead = SessionCommand(
        declare(
            "evalsha_ro", readsOnly: true, isNamed: true,
            "Runs a Lua script that only reads, by its SHA-1.")
    ) { arguments, session throws(CommandError) in
        try evaluateByName(arguments, session, readsOnly: true)
    }

    private static func evaluate(
        _ arguments: Slices, _ session: Session, readsOnly: Bool
    ) throws(CommandError) {
        let keyCount = try keyCount(in: arguments)
        let script = try session.server.script(of: arguments[1])
        try run(script, arguments, keyCount, session, readsOnly: readsOnly)
    }

    private static func evaluateByName(
        _ arguments: Slices, _ session: Session, readsOnly: Bool
    ) throws(CommandError) {
        guard arguments[1].count == 2 * SHA1.size else { throw unknownScript }
        let keyCount = try keyCount(in: arguments)
        guard let script = session.server.scripts.cache.find(name: arguments[1]) else {
            throw unknownScript
        }
        try run(script, arguments, keyCount, session, readsOnly: readsOnly)
    }

    private static let unknownScript = CommandError.text(
        "NOSCRIPT No matching script. Please use EVAL.")

    /// How many of the arguments are keys.
    static func keyCount(in arguments: Slices) throws(CommandError) -> Int {
        let count = try arguments.integer(2)
        guard count <= arguments.count - 3 else {
            throw .text("ERR Number of keys can't be greater than number of args")
        }
        guard count >= 0 else { throw .text("ERR Number of keys can't be negative") }
        return Int(count)
    }

    private static func run(
        _ script: CachedScript, _ arguments: Slices, _ keyCount: Int, _ session: Session,
        readsOnly: Bool
    ) throws(CommandError) {
        let rest = arguments.dropFirst(3)
        try session.server.run(
            script, keys: rest.first(keyCount), arguments: rest.dropFirst(keyCount),
            readsOnly: readsOnly, for: session.client)
    }
}
