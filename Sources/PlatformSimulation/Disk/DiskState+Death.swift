import Platform

// What the next process finds.

extension DiskState {
    /// Everything written is there; nobody has it open.
    func afterProcessDeath() -> DiskState {
        var next = self
        next.locks = [:]
        next.faults = []
        next.callCount = 0
        next.workingDirectory = []
        for number in next.files.indices { next.files[number].openCount = 0 }
        return next
    }

    /// What is durable is there, and what the closures let survive.
    func afterPowerLoss(
        of data: (UnsynchronizedFile) -> DataSurvival, names: (DirectoryOperation) -> Bool
    ) -> DiskState {
        var next = afterProcessDeath()
        let paths = pathsByFile()
        for (number, file) in files.enumerated() {
            var survival = DataSurvival.none
            if !file.isSynchronized {
                survival = data(
                    UnsynchronizedFile(
                        paths: paths[number] ?? [], durableSize: file.durable.count,
                        unsynchronizedBytes: file.unsynchronizedBytes))
            }
            next.files[number] = DiskFile(durable: file.surviving(survival))
            next.files[number].permissions = file.permissions
            next.files[number].modifiedMilliseconds = file.modifiedMilliseconds
        }
        for operation in operations where names(operation) { next.makeDurable(operation) }
        next.operations = []
        next.showDurableNames()
        return next
    }

    /// Lets readers see the durable names, and counts each file's names again.
    private mutating func showDurableNames() {
        for number in directories.indices {
            directories[number].entries = directories[number].durableEntries
            for case .file(let file) in directories[number].entries.values {
                files[file].linkCount += 1
            }
        }
    }

    func afterPowerLoss(
        _ model: PowerLossModel, choosing random: inout SeededRandom
    ) -> DiskState {
        var generator = random
        // The files come in the order of their creation, so the same seed chooses the same.
        var survivals: [DataSurvival] = []
        for file in files where !file.isSynchronized {
            survivals.append(file.survival(in: model, choosing: &generator))
        }
        let kept = keptNames(model, choosing: &generator)
        random = generator
        var nextFile = 0
        var nextName = 0
        return afterPowerLoss(
            of: { _ in
                nextFile += 1
                return survivals[nextFile - 1]
            },
            names: { _ in
                nextName += 1
                return kept[nextName - 1]
            })
    }

    private func keptNames(
        _ model: PowerLossModel, choosing random: inout SeededRandom
    ) -> [Bool] {
        let isReordered = model.reordersNames && random.chance(1, in: 2)
        let prefix = random.index(below: operations.count + 1)
        return operations.indices.map { index in
            isReordered ? random.chance(1, in: 2) : index < prefix
        }
    }
}
