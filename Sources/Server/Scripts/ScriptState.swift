import Bytes
import Configuration
import Platform
import RESP
import Scripting

/// The scripts of the server: the interpreter, what was compiled, and what is running.
final class ScriptState {
    private unowned let server: Server
    private var loadedInterpreter: Interpreter?
    private(set) var cache = ScriptCache()
    /// In whose name scripts call commands: it has a database and a reply of its own.
    let client: Reference<Client>
    /// Whether the last script has answered with an error; the counters of its command hear of it.
    var hasFailed = false
    /// The script that is running, if one is.
    var running: RunningScript?

    init(_ server: Server) {
        self.server = server
        let address = AcceptedSocket(
            socket: -1, peer: "lua", local: "", isUnix: false, isLoopback: true)
        client = Reference(to: Client(identifier: 0, socket: -1, address: address, now: 0))
        client.value.flags.insert(.authenticated)
    }

    deinit { client.free() }

    /// Made when the first script comes.
    var interpreter: Interpreter {
        if let loadedInterpreter { return loadedInterpreter }
        let made = Interpreter(host: server, version: ProductVersion.redis)
        loadedInterpreter = made
        return made
    }

    /// Bytes that the interpreter holds.
    var interpreterMemory: Int { loadedInterpreter?.memoryUsage ?? 0 }

    func keep(_ script: CachedScript) { cache.insert(script) }

    /// Forgets all scripts, and what they have left in the interpreter.
    func flush() {
        cache = ScriptCache()
        loadedInterpreter = nil
    }
}

/// What is run: a script, or a function of a library.
struct ScriptRun {
    enum Kind { case script, function }

    let kind: Kind
    let name: ByteString
    let flags: ScriptFlags
    let number: Int32

    init(_ script: CachedScript) {
        (kind, name, flags, number) = (.script, script.name, script.flags, script.number)
    }

    init(_ function: LibraryFunction) {
        (kind, name, flags, number) = (.function, function.name, function.flags, function.number)
    }
}

/// A script or function while it runs.
struct RunningScript {
    let kind: ScriptRun.Kind
    let name: ByteString
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
}
