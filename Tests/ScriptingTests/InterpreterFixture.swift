import Bytes
import Scripting

/// A server that answers every command with what the test has prepared.
final class PreparedHost: ScriptHost {
    /// The reply to each command, in the protocol's bytes, by the command's name.
    var replies: [String: String] = [:]
    private(set) var calls: [[String]] = []
    private(set) var versions: [Int] = []
    private(set) var errors: [String] = []
    private(set) var lines: [(level: Int, text: String)] = []
    private(set) var targets: [Int] = []
    var permitted: [String: Bool] = [:]
    private(set) var functions: [String: Int32] = [:]
    var looks = 0
    /// The look at which scripts are ended.
    var lookMax = Int.max
    private var reply = ByteBuffer()

    func call(_ words: Slices, version: Int) -> ByteSlice {
        calls.append((0..<words.count).map { words[$0].text })
        versions.append(version)
        reply.removeAll()
        reply.append(text: replies[words[0].text] ?? "-ERR unexpected\r\n")
        return reply.bytes
    }

    func permits(_ words: Slices) -> Bool? { permitted[words[0].text] }
    func log(_ text: ByteSlice, level: Int) { lines.append((level, text.text)) }
    func noteError(_ text: ByteSlice) { errors.append(text.text) }
    func replicate(to targets: Int) { self.targets.append(targets) }

    func addFunction(
        _ name: ByteSlice, description: ByteSlice?, flags: Slices, number: Int32
    ) -> StaticString? {
        guard functions[name.text] == nil else { return "it is there" }
        functions[name.text] = number
        return nil
    }

    func interrupt() -> Bool {
        looks += 1
        return looks >= lookMax
    }
}

/// An interpreter over a prepared host.
final class InterpreterFixture {
    let host = PreparedHost()
    let interpreter: Interpreter

    init(memoryMax: Int = 64 << 20) {
        interpreter = Interpreter(host: host, version: "7.2.6", memoryMax: memoryMax)
    }

    /// Compiles and runs a script; returns its reply in the protocol's bytes.
    func run(
        _ body: String, keys: [String] = [], arguments: [String] = [], version: Int = 2
    ) -> String {
        let script: Int32
        do throws(Interpreter.CompileError) {
            script = try body.withSlice { body throws(Interpreter.CompileError) in
                try interpreter.compile(body)
            }
        } catch {
            return "does not compile: \(error.text.text)"
        }
        let words = (keys + arguments).map { ByteString($0) }
        var bytes = ByteBuffer()
        for word in words { bytes.append(word) }
        var list = SliceList()
        var start = 0
        for word in words {
            list.append(bytes.bytes[start..<start + word.count])
            start += word.count
        }
        let all = list.all
        let outcome = interpreter.run(
            script, name: ByteSlice("name"), keys: all.first(keys.count),
            arguments: all.dropFirst(keys.count), version: version, canBeInterrupted: true)
        let reply = outcome.reply.text
        interpreter.forget(script)
        bytes.removeAll()
        list.removeAll()
        return reply
    }
}
