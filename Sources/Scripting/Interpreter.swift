import Bytes
import CLua

/// Lua with Redis's libraries and sandbox: compiles scripts and runs them.
///
/// No error of Lua's passes through Swift: what stands behind these doors (`CLua`) protects each call
/// into Lua, and lets each call from it return before it raises what went wrong.
@safe
public final class Interpreter {
    /// What a script has left.
    public struct Outcome {
        /// In the protocol's bytes, lent until the next run.
        public let reply: ByteSlice
        /// Whether an error ended it, which then is the reply.
        public let hasFailed: Bool
    }

    /// A script that does not compile.
    public struct CompileError: Error {
        public let text: ByteString
    }

    /// Bytes that the scripts of one interpreter may allocate.
    public static let memoryMax = 2 << 30

    private let state: OpaquePointer
    private let link: Link

    /// - Parameters:
    ///   - version: `major.minor.patch`, for `redis.REDIS_VERSION`.
    ///   - memoryMax: bytes; beyond, a script hears "not enough memory".
    ///   - runsFunctions: whether it loads libraries and runs their functions, instead of scripts.
    public init(
        host: any ScriptHost, version: String, memoryMax: Int = Interpreter.memoryMax,
        runsFunctions: Bool = false
    ) {
        link = Link(host)
        var functions = unsafe Self.functions
        unsafe functions.context = Unmanaged.passUnretained(link).toOpaque()
        let number = Self.number(of: version)
        let made = unsafe version.withSlice { text in
            unsafe ls_interpreter_make(
                &functions, memoryMax, word(text), number, runsFunctions ? 1 : 0)
        }
        guard let made = unsafe made else { preconditionFailure("no memory for an interpreter") }
        unsafe state = made
    }

    deinit { unsafe ls_interpreter_free(state) }

    /// Bytes that Lua holds.
    public var memoryUsage: Int { unsafe Int(ls_interpreter_memory(state)) }

    /// Compiles a script, which is kept under the returned number.
    public func compile(_ body: ByteSlice) throws(CompileError) -> Int32 {
        var problem = unsafe ls_word()
        let script = unsafe ls_script_compile(state, word(body), &problem)
        guard script >= 0 else {
            throw CompileError(text: unsafe ByteString(slice(problem)))
        }
        return script
    }

    /// Runs the code of a library, which gives its functions to the host.
    public func load(library code: ByteSlice) throws(CompileError) {
        var problem = unsafe ls_word()
        guard unsafe ls_library_load(state, word(code), &problem) == 0 else {
            throw CompileError(text: unsafe ByteString(slice(problem)))
        }
    }

    /// Forgets a script or a function.
    public func forget(_ script: Int32) { unsafe ls_script_forget(state, script) }

    /// Runs a script or a function.
    ///
    /// - Parameters:
    ///   - name: what error texts call it.
    ///   - version: of the protocol in which the client is answered, 2 or 3.
    ///   - canBeInterrupted: whether the host's `interrupt` is called.
    public func run(
        _ script: Int32, name: ByteSlice, keys: Slices, arguments: Slices, version: Int,
        canBeInterrupted: Bool
    ) -> Outcome {
        let outcome = unsafe ls_script_run(
            state, script, word(name), words(keys), keys.count, words(arguments), arguments.count,
            Int32(version), canBeInterrupted ? 1 : 0)
        return unsafe Outcome(reply: slice(outcome.reply), hasFailed: outcome.failed != 0)
    }

    /// `0x00MMmmpp`.
    private static func number(of version: String) -> UInt32 {
        version.split(separator: ".").reduce(0) { $0 << 8 | (UInt32($1) ?? 0) }
    }
}

/// The way from C back to the host, which outlives the interpreter.
private final class Link {
    // The host owns the interpreter, and so outlives it; nobody has to count that.
    unowned(unsafe) let host: any ScriptHost
    init(_ host: any ScriptHost) { unsafe self.host = host }
}

/// The host behind a context. Nobody retains it on the way.
private func host(_ context: UnsafeMutableRawPointer?) -> any ScriptHost {
    guard let context = unsafe context else { preconditionFailure("C has lost its context") }
    return unsafe Unmanaged<Link>.fromOpaque(context)._withUnsafeGuaranteedRef { unsafe $0.host }
}

// `ls_word` is laid out as `ByteSlice` is: an address and a count.

private func word(_ slice: ByteSlice) -> ls_word {
    unsafe ls_word(bytes: slice.start.assumingMemoryBound(to: UInt8.self), count: slice.count)
}

private func slice(_ word: ls_word) -> ByteSlice {
    guard let bytes = unsafe word.bytes else { return .empty }
    return unsafe ByteSlice(start: bytes, count: word.count)
}

private func words(_ slices: Slices) -> UnsafePointer<ls_word> {
    unsafe UnsafeRawPointer(slices.start).assumingMemoryBound(to: ls_word.self)
}

private func slices(_ words: UnsafePointer<ls_word>?, _ count: Int) -> Slices {
    guard let words = unsafe words else { preconditionFailure("a command has a name") }
    return unsafe Slices(
        base: UnsafeRawPointer(words).assumingMemoryBound(to: ByteSlice.self), count: count)
}

/// Copies a few bytes to where C wants them. Returns their count.
private func copy(_ bytes: ByteSlice, to target: UnsafeMutablePointer<UInt8>?) -> Int {
    guard let target = unsafe target else { preconditionFailure("C has lost its buffer") }
    for index in 0..<bytes.count { unsafe target[index] = bytes[index] }
    return bytes.count
}

extension Interpreter {
    /// What C calls. Each of these returns; none of them can raise an error of Lua's.
    fileprivate static var functions: ls_host {
        unsafe ls_host(
            context: nil,
            call: { context, words, count, version in
                unsafe word(host(context).call(slices(words, count), version: Int(version)))
            },
            permits: { context, words, count in
                guard let answer = unsafe host(context).permits(slices(words, count)) else {
                    return -1
                }
                return answer ? 1 : 0
            },
            log: { context, level, text in
                unsafe host(context).log(slice(text), level: Int(level))
            },
            note_error: { context, text in unsafe host(context).noteError(slice(text)) },
            set_replication: { context, targets in
                unsafe host(context).replicate(to: Int(targets))
            },
            interrupt: { context in unsafe host(context).interrupt() ? 1 : 0 },
            add_function: { context, name, description, flags, count, number in
                let problem = unsafe host(context).addFunction(
                    slice(name), description: description.bytes == nil ? nil : slice(description),
                    flags: slices(flags, count), number: number)
                guard let problem else { return unsafe ls_word() }
                return unsafe word(ByteSlice(problem))
            },
            number: { value, out in
                var text = ByteBuffer(capacity: 32)
                text.append(shortest: value)
                let count = unsafe copy(text.bytes, to: out)
                text.removeAll()
                return count
            },
            sha1: { text, digits in
                SHA1.hex(of: unsafe slice(text)).withSlice { _ = unsafe copy($0, to: digits) }
            })
    }
}
