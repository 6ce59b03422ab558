import Bytes
import Commands
import RESP

extension StorageCommands {
    static let shutdown = SessionCommand(
        CommandDeclaration(
            "shutdown", arity: -1,
            [.admin, .noScript, .loading, .stale, .noMulti, .allowBusy],
            docs: CommandDocs(
                "Makes everything durable and ends the server.",
                complexity: """
                    O(N) when saving, where N is the total number of keys in all databases when \
                    saving data, otherwise O(1)
                    """,
                since: "1.0.0", group: .server,
                arguments: [
                    .oneOf(
                        "save-selector", .optional,
                        [.word("nosave", "NOSAVE"), .word("save", "SAVE")]),
                    .word("now", "NOW", .optional, since: "7.0.0"),
                    .word("force", "FORCE", .optional, since: "7.0.0"),
                    .word("abort", "ABORT", .optional, since: "7.0.0"),
                ],
                history: [("7.0.0", "Added the `NOW`, `FORCE` and `ABORT` modifiers.")]))
    ) { arguments, session throws(CommandError) in
        guard let options = try ShutdownOptions(arguments) else {
            // There are no replicas, so a shutdown never waits and cannot be stopped.
            throw .text("ERR No shutdown in progress.")
        }
        // What a script has not finished can only be lost whole.
        if session.server.care.contains(.busy), !options.contains(.noSave) {
            throw session.server.busyRefusal
        }
        guard session.server.shutDown(options) else {
            session.server.log.warning(
                "Errors trying to shut down the server. Check the logs for more information.")
            throw .text("ERR Errors trying to SHUTDOWN. Check logs.")
        }
        // Nothing is answered; what follows in the client's buffer is not executed.
        session.client.value.flags.insert(.closesSoon)
    }
}

extension ShutdownOptions {
    /// The words of SHUTDOWN; nothing for ABORT.
    fileprivate init?(_ arguments: Slices) throws(CommandError) {
        var options: ShutdownOptions = []
        var isAbort = false
        for index in 1..<max(1, arguments.count) {
            let word = arguments[index]
            if word.isWord("save") {
                options.insert(.save)
            } else if word.isWord("nosave") {
                options.insert(.noSave)
            } else if word.isWord("now") {
                options.insert(.now)
            } else if word.isWord("force") {
                options.insert(.force)
            } else if word.isWord("abort") {
                isAbort = true
            } else {
                throw .syntax
            }
        }
        guard !options.isSuperset(of: [.save, .noSave]) else { throw .syntax }
        if isAbort {
            guard options.isEmpty else { throw .syntax }
            return nil
        }
        self = options
    }
}
