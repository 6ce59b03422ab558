import Bytes
import Commands
import RESP

/// EVAL and its kin: they run scripts.
enum EvaluationCommands {
    static let all = [eval, evalRead, evalByName, evalByNameRead]

    private static let writes: KeySpecification.Use = [.readWrite, .access, .update]
    private static let reads: KeySpecification.Use = [.readOnly, .access]

    /// - Parameter names: what the first argument is.
    static func declare(
        _ name: StaticString, readsOnly: Bool, names: StaticString, _ summary: StaticString,
        complexity: StaticString = "Depends on the script that is executed.",
        since: StaticString? = nil
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
                    notes: names.isText("sha1") ? nil : readsOnly ? readNotes : writeNotes)
            ],
            docs: CommandDocs(
                summary, complexity: complexity,
                since: since ?? (readsOnly ? "7.0.0" : "2.6.0"), group: .scripting,
                arguments: [
                    .string(names), .integer("numkeys"),
                    .key("key", [.optional, .multiple]), .string("arg", [.optional, .multiple]),
                ]))
    }

    private static let eval = SessionCommand(
        declare("eval", readsOnly: false, names: "script", "Runs a Lua script.")
    ) { arguments, session throws(CommandError) in
        try evaluate(arguments, session, readsOnly: false)
    }

    private static let evalRead = SessionCommand(
        declare("eval_ro", readsOnly: true, names: "script", "Runs a Lua script that only reads.")
    ) { arguments, session throws(CommandError) in
        try evaluate(arguments, session, readsOnly: true)
    }

    private static let evalByName = SessionCommand(
        declare("evalsha", readsOnly: false, names: "sha1", "Runs a Lua script by its SHA-1.")
    ) { arguments, session throws(CommandError) in
        try evaluateByName(arguments, session, readsOnly: false)
    }

    private static let evalByNameRead = SessionCommand(
        declare(
            "evalsha_ro", readsOnly: true, names: "sha1",
            "Runs a Lua script that only reads, by its SHA-1.")
    ) { arguments, session throws(CommandError) in
        try evaluateByName(arguments, session, readsOnly: true)
    }

    private static func evaluate(
        _ arguments: Slices, _ session: Session, readsOnly: Bool
    ) throws(CommandError) {
        session.server.showScriptToMonitors(arguments, session.client)
        let keyCount = try keyCount(in: arguments)
        let script = try session.server.script(of: arguments[1])
        try session.server.run(
            script, arguments, keyCount, readsOnly: readsOnly, for: session.client)
    }

    private static func evaluateByName(
        _ arguments: Slices, _ session: Session, readsOnly: Bool
    ) throws(CommandError) {
        session.server.showScriptToMonitors(arguments, session.client)
        guard arguments[1].count == 2 * SHA1.size else { throw unknownScript }
        let keyCount = try keyCount(in: arguments)
        guard let script = session.server.scripts.cache.find(name: arguments[1]) else {
            throw unknownScript
        }
        try session.server.run(
            script, arguments, keyCount, readsOnly: readsOnly, for: session.client)
    }

    private static let unknownScript = CommandError.text(
        "NOSCRIPT No matching script. Please use EVAL.")

    private static func keyCount(in arguments: Slices) throws(CommandError) -> Int {
        try keyCount(try arguments.integer(2), of: arguments)
    }

    /// How many of the arguments are keys, as they say themselves.
    static func keyCount(_ count: Int64, of arguments: Slices) throws(CommandError) -> Int {
        guard count <= arguments.count - 3 else {
            throw .text("ERR Number of keys can't be greater than number of args")
        }
        guard count >= 0 else { throw .text("ERR Number of keys can't be negative") }
        return Int(count)
    }
}
