import Bytes
import Foundation
import Testing

@testable import Configuration

/// Compares names and defaults with what a real server answers to `CONFIG GET *`.
@Suite struct OracleTests {
    /// What 7.2 has and 7.0.15 has not, or has hidden since.
    private static let added: Set<String> = [
        "cluster-announce-human-nodename", "locale-collate", "set-max-listpack-entries",
        "set-max-listpack-value", "active-defrag-max-scan-fields",
        // Spellings of 7.4.
        "server-cpulist", "bio-cpulist", "aof-rewrite-cpulist", "bgsave-cpulist",
        // Ours.
        "aof-checksum", "aof-heal-timeout", "aof-exit-on-heal-timeout", "aof-unsynced-limit",
        "rdb-version", "snapshot-slice-share", "snapshot-queue-limit",
        "disk-space-check", "aof-max-size", "aof-scrub-rate",
    ]
    private static let hiddenSince: Set<String> = ["aof-disable-auto-gc"]

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/redis-server")))
    func namesAndDefaultsAreRediss() throws {
        let directory = FileManager.default.temporaryDirectory
            .appending(path: "ledgerstone-configuration-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let socket = directory.appending(path: "socket").path
        let server = Process()
        server.executableURL = URL(filePath: "/usr/bin/redis-server")
        server.arguments = [
            "--port", "0", "--save", "", "--appendonly", "no", "--dir", directory.path,
            "--unixsocket", socket,
        ]
        server.standardOutput = FileHandle.nullDevice
        try server.run()
        defer {
            // The child inherits the blocked signals of a test's thread, so only this one ends it.
            kill(server.processIdentifier, SIGKILL)
        }
        let theirs = try values(from: socket)
        let settings = try Files().load([
            "--port", "0", "--save", "", "--appendonly", "no", "--dir", directory.path,
            "--unixsocket", socket,
        ]).settings
        var ours: [String: String] = [:]
        for (name, value) in Directive.values(matching: ["*"], in: settings) {
            ours[name.text] = value.text
        }
        #expect(theirs.count > 150)
        #expect(Set(theirs.keys).subtracting(ours.keys) == Self.hiddenSince)
        #expect(Set(ours.keys).subtracting(theirs.keys).subtracting(Self.added) == [])
        for (name, value) in theirs where !Self.hiddenSince.contains(name) {
            #expect(ours[name] == value, "\(name)")
        }
    }

    /// Asks until the server listens, for ten seconds at most.
    private func values(from socket: String) throws -> [String: String] {
        for _ in 0..<200 {
            let client = Process()
            let output = Pipe()
            client.executableURL = URL(filePath: "/usr/bin/redis-cli")
            client.arguments = ["-s", socket, "CONFIG", "GET", "*"]
            client.standardOutput = output
            client.standardError = FileHandle.nullDevice
            try client.run()
            let text = String(
                decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            if lines.count > 100 {
                var values: [String: String] = [:]
                for index in stride(from: 0, to: lines.count - 1, by: 2) {
                    values[String(lines[index])] = String(lines[index + 1])
                }
                return values
            }
            Thread.sleep(forTimeInterval: 0.05)
        }
        return [:]
    }
}
