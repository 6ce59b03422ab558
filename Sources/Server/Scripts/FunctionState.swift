import Bytes
import Commands
import Configuration
import Platform
import Scripting

/// The functions of the server: their interpreter, and their libraries.
final class FunctionState {
    private unowned let server: Server
    private var loadedInterpreter: Interpreter?
    private(set) var libraries = FunctionLibraries()
    /// What the library that is being loaded has registered, and since when it is loaded (monotonic
    /// microseconds; nothing when it may take its time).
    private var registered: [LibraryFunction] = []
    private var loadingSince: Int64?

    init(_ server: Server) { self.server = server }

    /// Made when the first library comes.
    var interpreter: Interpreter {
        if let loadedInterpreter { return loadedInterpreter }
        let made = Interpreter(
            host: server, version: ProductVersion.redis, runsFunctions: true)
        loadedInterpreter = made
        return made
    }

    /// Bytes that the interpreter holds.
    var interpreterMemory: Int { loadedInterpreter?.memoryUsage ?? 0 }

    // MARK: Changing

    /// Adds a library.
    ///
    /// - Parameters:
    ///   - replaces: whether a library of its name gives way.
    ///   - isBounded: whether its code is ended when it takes long.
    /// - Returns: its name.
    @discardableResult
    func load(
        _ source: ByteSlice, replaces: Bool, isBounded: Bool
    ) throws(CommandError) -> ByteString {
        let head = try LibraryHead(of: source)
        let given = libraries.library(head.name)
        if given != nil, !replaces {
            throw .composed("ERR Library '\(head.name.text)' already exists")
        }
        let library = try make(source, head, isBounded: isBounded)
        if let name = libraries.collision(of: library, replacing: given) {
            forget(library)
            throw .composed("ERR Function \(name.text) already exists")
        }
        if given != nil { delete(head.name) }
        libraries.insert(library)
        return head.name
    }

    /// Runs a library's code, which registers its functions.
    private func make(
        _ source: ByteSlice, _ head: LibraryHead, isBounded: Bool
    ) throws(CommandError) -> FunctionLibrary {
        registered = []
        loadingSince = isBounded ? server.world.clock.monotonicMicroseconds : nil
        defer { registered = [] }
        do throws(Interpreter.CompileError) {
            try interpreter.load(library: source[head.size...])
        } catch {
            for function in registered { interpreter.forget(function.number) }
            throw .composed("ERR \(error.text.text)")
        }
        guard !registered.isEmpty else { throw .text("ERR No functions registered") }
        return FunctionLibrary(
            name: head.name, code: ByteString(source), functions: registered)
    }

    private func forget(_ library: FunctionLibrary) {
        for function in library.functions { interpreter.forget(function.number) }
    }

    /// Removes a library; false when there is none of the name.
    @discardableResult
    func delete(_ name: ByteString) -> Bool {
        precondition(server.scripts.running == nil)
        guard let library = libraries.remove(name) else { return false }
        forget(library)
        return true
    }

    func flush() {
        precondition(server.scripts.running == nil)
        libraries = FunctionLibraries()
        loadedInterpreter = nil
    }

    /// How a payload's libraries meet those that are there.
    enum RestorePolicy { case flush, append, replace }

    /// Adds the libraries of a payload, all of them or none.
    func restore(_ sources: [ByteString], _ policy: RestorePolicy) throws(CommandError) {
        let before = (libraries, loadedInterpreter)
        if policy == .flush { flush() }
        var made: [FunctionLibrary] = []
        do throws(CommandError) {
            for source in sources {
                let library = try source.withSlice { source throws(CommandError) in
                    try make(source, try LibraryHead(of: source), isBounded: false)
                }
                made.append(library)
                try join(library, policy)
            }
        } catch {
            for library in made { forget(library) }
            (libraries, loadedInterpreter) = before
            throw error
        }
        // What gave way is forgotten last, so that a payload that fails changes nothing.
        guard policy == .replace else { return }
        for old in before.0.all where libraries.library(old.name) !== old { forget(old) }
    }

    private func join(
        _ library: FunctionLibrary, _ policy: RestorePolicy
    ) throws(CommandError) {
        let given = libraries.library(library.name)
        if given != nil, policy != .replace {
            throw .composed("ERR Library \(library.name.text) already exists")
        }
        if let name = libraries.collision(of: library, replacing: given) {
            throw .composed("ERR Function \(name.text) already exists")
        }
        libraries.remove(library.name)
        libraries.insert(library)
    }

    // MARK: While a library is loaded

    /// Microseconds that the code of a library may take.
    private static let loadMicrosecondsMax: Int64 = 500_000

    /// Takes a function of the library that is being loaded; says what is wrong with it.
    func register(
        _ name: ByteSlice, description: ByteSlice?, flags words: Slices, number: Int32
    ) -> StaticString? {
        var flags: ScriptFlags = []
        for index in 0..<words.count {
            guard let flag = ScriptFlags.named(words[index]) else { return "unknown flag given" }
            flags.insert(flag)
        }
        guard LibraryHead.isName(name) else { return LibraryHead.wrongNameText }
        let isKnown = registered.contains { $0.name.withSlice { $0 == name } }
        guard !isKnown else { return "Function already exists in the library" }
        registered.append(
            LibraryFunction(
                name: ByteString(name), description: description.map { ByteString($0) },
                flags: flags, number: number))
        return nil
    }

    /// Whether the code of a library has taken too long.
    var isLoadingTooLong: Bool {
        guard let since = loadingSince else { return false }
        return server.world.clock.monotonicMicroseconds - since > Self.loadMicrosecondsMax
    }
}
