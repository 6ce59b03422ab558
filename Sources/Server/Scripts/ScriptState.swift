import Bytes
import Configuration
import Platform
import RESP
import Scripting

/// The scripts of the server: the interpreter, what was compiled, and what is running.
final class ScriptState {
    /// Made when the first script comes.
    private(set) var interpreter: Interpreter?
    private(set) var cache = ScriptCache()
    /// In whose name scripts call commands: it has a database and a reply of its own.
    let client: Reference<Client>
    /// Whether the last script has answered with an error; the counters of its command hear of it.
    var hasFailed = false
    /// The script that is running, if one is.
    var running: RunningScript?

    init() {
        let address = AcceptedSocket(
            socket: -1, peer: "lua", local: "", isUnix: false, isLoopback: true)
        client = Reference(to: Client(identifier: 0, socket: -1, address: address, now: 0))
        client.value.flags.insert(.authenticated)
    }

    deinit { client.free() }

    /// Bytes that the interpreter holds.
    var interpreterMemory: Int { interpreter?.memoryUsage ?? 0 }

    /// - Parameter host: what scripts ask; it outlives them.
    func interpreter(for host: any ScriptHost) -> Interpreter {
        if let interpreter { return interpreter }
        let made = Interpreter(host: host, version: ProductVersion.redis)
        interpreter = made
        return made
    }

    func keep(_ script: Reference<Script>) { cache.insert(script) }

    /// Forgets all scripts, and what they have left in the interpreter.
    func flush() {
        precondition(running == nil)
        cache = ScriptCache()
        interpreter = nil
    }
}

/// A script or function while it runs. It owns nothing: each command of a script looks at it.
struct RunningScript {
    let script: Reference<Script>
    /// The request that runs it, which stays in its client's buffer as long.
    let words: Slices
    let caller: Reference<Client>
    /// Monotonic microseconds.
    let start: Int64
    /// It may not write: it says so, or was called by a command that reads.
    let isReadOnly: Bool
    /// It may run commands that need memory although there is none.
    let allowsOOM: Bool
    /// Whether memory was short when it began.
    let isOutOfMemory: Bool
    /// Once it has written, only its own end ends it, and no condition of the server stops its writes.
    var hasWritten = false
    /// It has run longer than `busy-reply-threshold`; other clients are told so.
    var isBusy = false
    var isKilled = false
    /// It has said which of the log and the replicas hear of its changes.
    var hasChosenReplication = false

    var kind: Script.Kind { script.value.kind }
}
