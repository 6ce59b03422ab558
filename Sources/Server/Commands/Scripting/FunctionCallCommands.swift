import Bytes
import Commands
import RESP

/// FCALL and FCALL_RO: they run functions.
enum FunctionCallCommands {
    static let all = [call, callRead]

    private static let call = SessionCommand(
        EvaluationCommands.declare(
            "fcall", readsOnly: false, names: "function", "Runs a function.",
            complexity: "Depends on the function that is executed.", since: "7.0.0")
    ) { arguments, session throws(CommandError) in
        try run(arguments, session, readsOnly: false)
    }

    private static let callRead = SessionCommand(
        EvaluationCommands.declare(
            "fcall_ro", readsOnly: true, names: "function", "Runs a function that only reads.",
            complexity: "Depends on the function that is executed.", since: "7.0.0")
    ) { arguments, session throws(CommandError) in
        try run(arguments, session, readsOnly: true)
    }

    private static func run(
        _ arguments: Slices, _ session: Session, readsOnly: Bool
    ) throws(CommandError) {
        session.server.showScriptToMonitors(arguments, session.client)
        guard let function = session.server.functions.libraries.function(arguments[1]) else {
            throw .text("ERR Function not found")
        }
        guard let count = arguments[2].integer else {
            throw .text("ERR Bad number of keys provided")
        }
        let keyCount = try EvaluationCommands.keyCount(count, of: arguments)
        try session.server.run(
            function.script, arguments, keyCount, readsOnly: readsOnly, for: session.client)
    }
}
