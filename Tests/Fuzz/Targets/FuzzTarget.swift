import Bytes
import Configuration
import Keyspace
import Persistence
import RESP
import Structures

/// A decoder that takes bytes from outside, as a function of those bytes.
///
/// It never crashes, hangs or takes more memory than a multiple of its input, whatever they are. Where
/// something can be said of the result, it is checked, and a wrong result ends the process.
enum FuzzTarget: String, CaseIterable {
    case requests, dump, payload, listpack, log, manifest, configuration, checks

    func take(_ bytes: [UInt8]) {
        switch self {
        case .requests: Self.takeRequests(bytes)
        case .dump: Self.takeDump(bytes)
        case .payload: Self.takePayload(bytes)
        case .listpack: Self.takeListpack(bytes)
        case .log: Self.takeLog(bytes)
        case .manifest: Self.takeManifest(bytes)
        case .configuration: Self.takeConfiguration(bytes)
        case .checks: Self.takeChecks(bytes)
        }
    }

    /// What clients send: however it is cut in two, the same requests come out.
    private static func takeRequests(_ bytes: [UInt8]) {
        bytes.withSlice { input in
            let limits = RequestLimits(bulkCountMax: 1 << 20, isAuthenticated: true)
            var batch = RequestBatch()
            var start = 0
            while start < input.count {
                do throws(ProtocolError) {
                    try batch.parse(input[start...], limits)
                } catch {
                    return
                }
                for index in 0..<batch.count {
                    precondition(batch[index].arguments.count > 0)
                    precondition(batch.end(of: index) <= input.count - start)
                }
                guard batch.consumed > 0 else { return }
                start += batch.consumed
            }
            precondition(start == input.count)
        }
    }

    /// An RDB file: what is proved sound loads, as far as it is of types that are served.
    private static func takeDump(_ bytes: [UInt8]) {
        bytes.withSlice { bytes in
            for depth in [ValueWalker.Depth.boundaries, .contents] {
                let summary = try? RDBFile.examine(bytes, depth: depth, verifyingChecksum: false)
                precondition(summary.map { $0.size <= bytes.count } ?? true)
            }
            var options = RDBLoader.Options()
            options.verifiesChecksum = false
            var loader = RDBLoader(bytes, into: Keyspace(databaseCount: 16), options: options)
            while (try? loader.proceed(size: 4096)) == true {}
        }
    }

    /// The body of a payload of `DUMP`; what restores is the same when it is dumped and restored.
    private static func takePayload(_ bytes: [UInt8]) {
        // Version 11, and a checksum that is not looked at.
        let payload = bytes + [11, 0] + [UInt8](repeating: 0, count: 8)
        payload.withSlice { payload in
            guard payload.count > 10, DumpPayload.isIntact(payload, verifyingChecksum: false) else {
                return
            }
            let isSound = (try? DumpPayload.check(payload, depth: .contents)) != nil
            var scratch = ByteBuffer()
            guard
                let value = try? DumpPayload.restore(
                    payload, encodings: Settings().encodings, using: &scratch)
            else { return }
            precondition(isSound, "what is restored has been proved sound")
            if case .collection(let stored) = value { stored.free() }
        }
    }

    private static func takeListpack(_ bytes: [UInt8]) {
        bytes.withSlice { bytes in
            guard let run = PackedRun.make(verifying: bytes) else { return }
            var count = 0
            var position = 0
            while position < run.size {
                _ = run[position]
                position = run.next(position)
                count += 1
            }
            precondition(count == run.count)
            precondition(run.listpackSize <= bytes.count, "the canonical form is the shortest")
            run.free()
        }
    }

    /// A list of log files: what is read and written is read as the same.
    private static func takeManifest(_ bytes: [UInt8]) {
        guard let manifest = bytes.withSlice({ text in try? Manifest(text: text) }) else { return }
        guard !manifest.isEmpty || !manifest.history.isEmpty else { return }
        // A name that is not UTF-8 is no name of ours, and is not written as it was read.
        guard bytes.allSatisfy({ $0 < 0x80 }) else { return }
        let again = manifest.text.withSlice { text in try? Manifest(text: text) }
        precondition(again == manifest)
    }

    private static func takeConfiguration(_ bytes: [UInt8]) {
        let sources = ConfigurationSources(
            read: { path throws(ConfigurationSources.Failure) in
                guard path == "/etc/ledgerstone.conf" else {
                    throw ConfigurationSources.Failure("not here")
                }
                return ByteString(bytes)
            },
            readStandardInput: { () throws(ConfigurationSources.Failure) in ByteString(bytes) },
            files: { _ in [] }, enterDirectory: { _ throws(ConfigurationSources.Failure) in },
            isCommand: { _ in true })
        _ = try? ConfigurationReader.load(
            ServerArguments([ByteString("/etc/ledgerstone.conf")]), from: sources)
    }
}
