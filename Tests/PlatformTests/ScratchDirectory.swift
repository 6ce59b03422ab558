import Platform

/// A directory of its own for one test, removed with everything in it.
final class ScratchDirectory {
    let path: String
    let files = KernelFileSystem()

    init() throws {
        let name = KernelEntropy().seed()
        path = "/tmp/ledgerstone-platform-tests-\(name)"
        try files.createDirectory(path, permissions: 0o700)
    }

    deinit { try? empty(path) }

    private func empty(_ directory: String) throws {
        for name in try files.names(in: directory) {
            let place = FilePath.join(directory, name)
            if try files.status(of: place)?.isDirectory == true {
                try empty(place)
            } else {
                try files.remove(place)
            }
        }
        try files.removeDirectory(directory)
    }

    subscript(name: String) -> String { FilePath.join(path, name) }
}
