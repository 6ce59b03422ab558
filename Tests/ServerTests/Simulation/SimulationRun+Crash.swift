import Configuration
import Platform
import PlatformSimulation

@testable import Server

/// How a life ends.
enum Crash: Sendable {
    case processDeath
    case powerLoss
}

extension SimulationRun {
    /// How many units of a client a start has to find after a crash now.
    func floor(of client: ModelClient, after crash: Crash) -> Int {
        guard options.hasLog else { return saved[client.number] }
        switch (crash, options.fsync) {
        case (_, .always) where !options.hasOperator:
            return max(client.answered, client.observed)
        case (.processDeath, _): return max(client.answeredInHealth, client.durable)
        case (.powerLoss, _): return client.durable
        }
    }

    /// Starts a server on what a crash now leaves, and compares what it serves with what clients
    /// were told.
    ///
    /// - Returns: the server that was started, and the states that it serves; nil when it is wrong.
    @discardableResult
    func judge(
        _ disk: SimulatedFileSystem, after crash: Crash, _ what: String,
        prepare: (SimulatedWorld) -> Void = { _ in }
    ) -> SimulatedServer? {
        guard complaints.isEmpty else { return nil }
        judged += 1
        let what = "\(crash) at \(what)"
        // A start on a disk that is full may be refused; who starts again makes room first.
        disk.setCapacity(nil)
        let next: SimulatedServer
        do {
            next = try SimulatedServer(
                seed: seed, on: disk, directives: options.allDirectives, prepare: prepare)
        } catch {
            complain("\(what): \(error)")
            return nil
        }
        if let refusal = next.refusal {
            if mayHaveHole { return nil }
            complain("\(what): the start is refused:\n\(refusal)")
            return nil
        }
        compare(next.contents, after: crash, what)
        return complaints.isEmpty ? next : nil
    }

    /// What a start found of a client's keys, as the state that its next life begins with.
    func state(of client: Int, in contents: [[String: FoundValue]]) -> ModelState {
        contents[Self.database(of: client)].filter { $0.key.hasPrefix("c\(client):") }
            .mapValues { ModelValue($0.content, deadline: $0.deadline.map { $0...$0 }) }
    }

    /// Compares the contents of databases with what clients were told.
    func compare(_ contents: [[String: FoundValue]], after crash: Crash, _ what: String) {
        var left = contents
        var explanations: [[Int]] = []
        for client in clients {
            let prefix = "c\(client.number):"
            let database = Self.database(of: client.number)
            let found = left[database].filter { $0.key.hasPrefix(prefix) }
            left[database] = left[database].filter { !$0.key.hasPrefix(prefix) }
            let floor = floor(of: client, after: crash)
            var possible = client.explanations(of: found, from: floor, latest: latest)
            if possible.isEmpty, options.hasOperator {
                // Where the policy is not always all along, a read that finds a key past its
                // deadline does not wait for the record of its end. The key may come back, as it
                // once was, but its deadline has passed, so nobody is served it.
                let rest = found.filter { key, value in
                    let isPast = value.deadline.map { $0 <= latest } ?? false
                    return !isPast || !client.hasHeld(value, in: key)
                }
                possible = client.explanations(of: rest, from: floor, latest: latest)
            }
            explanations.append(possible)
            if possible.isEmpty {
                complain(
                    "\(what): client \(client.number) found \(found), "
                        + "which is no state since unit \(floor)")
            }
        }
        for (index, values) in left.enumerated() where !values.isEmpty {
            complain("\(what): keys that nobody wrote in database \(index): \(values)")
        }
        if complaints.isEmpty { compareOrder(explanations, what) }
    }

    /// What was answered before something else was sent must not be missing while that is there.
    private func compareOrder(_ explanations: [[Int]], _ what: String) {
        for (loser, most) in explanations.map({ $0.last ?? 0 }).enumerated()
        where most < clients[loser].answered {
            guard let lost = clients[loser].units[most].answered else { continue }
            for (keeper, least) in explanations.map({ $0.first ?? 0 }).enumerated() where least > 0
            {
                let kept = clients[keeper].units[least - 1].sent
                guard lost < kept else { continue }
                complain(
                    "\(what): unit \(most) of client \(loser) is lost, and unit \(least - 1) of "
                        + "client \(keeper), which came later, is not")
            }
        }
    }

    /// Everything that one needs to see why a seed failed.
    func report(_ text: String) -> String {
        var lines = [
            text, "", "seed \(seed), \(options)", "repeat: LEDGERSTONE_SEED=\(testSeed)", "",
        ]
        for client in clients {
            lines.append(
                "client \(client.number): \(client.units.count) units, \(client.answered) answered,"
                    + " \(client.observed) observed, \(client.durable) durable,"
                    + " \(client.answeredInHealth) answered in health")
            for (index, unit) in client.units.enumerated().suffix(8) {
                lines.append(
                    "  \(index): \(unit.requests) sent \(unit.sent) answered "
                        + "\(unit.answered.map(String.init) ?? "-"): "
                        + "\(unit.reply.map { "\($0)" } ?? "-") in \(unit.window)")
            }
            lines.append("  states behind the last answer: \(client.states[client.answered])")
        }
        lines.append("")
        lines += world.fileSystem.paths.map { path in
            "\(path): \(world.fileSystem.peek(path)?.count ?? 0) bytes, "
                + "\(world.fileSystem.durableBytes(of: path)?.count ?? 0) durable"
        }
        lines.append("")
        lines += host.output.split(separator: "\n").suffix(25).map(String.init)
        var report = lines.joined(separator: "\n")
        for noise in ["ServerTests.", "ModelReply.", "Configuration.", "Optional"] {
            report = report.replacing(noise, with: "")
        }
        return report.replacing(Self.filler, with: "…")
    }
}
