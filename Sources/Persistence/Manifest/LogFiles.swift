import Bytes
import Platform

/// The files of the log on the disk: their directory, the manifest in force and their sizes.
///
/// Every change of the set is made on a copy of the manifest, persisted, and only then in force.
/// Files that are not listed any more are not removed here but named in `history`.
struct LogFiles {
    let fileSystem: any FileSystem
    /// The path of `appenddirname`.
    let directory: String
    let names: AppendLogNames
    private(set) var manifest: Manifest { didSet { sumSizes() } }
    /// Bytes of files that are not written any more, by name.
    private var sizes: [String: UInt64] { didSet { sumSizes() } }
    /// Bytes of those of them that are listed.
    private(set) var closedSize: UInt64 = 0
    /// Whether the manifest in force survives a loss of power.
    private var isDurable = true

    init(
        _ fileSystem: any FileSystem, directory: String, names: AppendLogNames,
        manifest: Manifest, sizes: [String: UInt64]
    ) {
        self.fileSystem = fileSystem
        self.directory = directory
        self.names = names
        self.manifest = manifest
        self.sizes = sizes
        sumSizes()
    }

    func path(_ name: String) -> String { FilePath.join(directory, name) }

    /// Creates the directory when it is missing, durably.
    func prepareDirectory() throws(IOError) {
        if try fileSystem.status(of: directory) != nil { return }
        try fileSystem.createDirectory(directory)
        try fileSystem.synchronizeDirectory(FilePath.directory(of: directory))
    }

    /// Puts a changed manifest in force.
    ///
    /// When only the directory could not be synchronized, the new manifest is what an observer
    /// finds, so it is in force all the same; the next change begins with making it durable.
    mutating func persist(_ changed: Manifest) throws(IOError) {
        if changed == manifest, isDurable { return }
        do throws(IOError) {
            try changed.text.withSlice { text throws(IOError) in
                try fileSystem.replaceFile(at: path(names.manifest), with: text)
            }
            manifest = changed
            isDurable = true
        } catch {
            if error.operation == .synchronizeDirectory {
                manifest = changed
                isDurable = false
            }
            throw error
        }
    }

    /// Notes how large a file became that is written no more; nothing when it is written again.
    mutating func setSize(_ size: UInt64?, of name: String) { sizes[name] = size }

    /// Bytes of a listed file that is not written any more.
    func size(of name: String) -> UInt64? { sizes[name] }

    private mutating func sumSizes() {
        closedSize = manifest.loadedEntries.reduce(0) { $0 + (sizes[$1.name] ?? 0) }
    }

    /// The size of the base in bytes, 0 when there is none.
    var baseSize: UInt64 { manifest.base.flatMap { sizes[$0.name] } ?? 0 }
}

/// An increment that was created and is not listed yet.
struct FreshIncrement {
    let file: any File
    /// The manifest that lists it.
    let manifest: Manifest
    let entry: Manifest.Entry
    /// Bytes in it: the head line.
    var size: UInt64
    /// What its next batch line continues from.
    var checksum: UInt64
}

extension LogFiles {
    /// Creates the next increment, whose content begins at a log offset; does not list it.
    ///
    /// It begins with a batch line, even where batches have none: so offsets go on after a restart.
    ///
    /// - Parameter name: another name than the one that it will have in the manifest.
    func createIncrement(
        from start: LogOffset, as name: String? = nil
    ) throws(IOError) -> FreshIncrement {
        var changed = manifest
        let entry = changed.addIncrement(names)
        let file = try fileSystem.open(path(name ?? entry.name), .replace)
        var sealer = BatchSealer(incrementSequence: entry.sequence, from: start)
        var head = ByteBuffer()
        sealer.begin(&head)
        sealer.seal(&head)
        let fresh = FreshIncrement(
            file: file, manifest: changed, entry: entry, size: UInt64(head.count),
            checksum: sealer.checksum)
        do throws(IOError) {
            try file.writeAll(head.bytes)
        } catch {
            discard(fresh)
            throw error
        }
        return fresh
    }

    /// Makes a fresh increment durable, name and content, and lists it.
    ///
    /// The name is durable before the manifest is: a list never names a file that is missing.
    mutating func list(_ fresh: FreshIncrement) throws(IOError) {
        try fresh.file.synchronize()
        try fileSystem.synchronizeDirectory(directory)
        try persist(fresh.manifest)
    }

    /// Removes a fresh increment that could not be put to use, unless it is listed.
    func discard(_ fresh: FreshIncrement) {
        guard !manifest.increments.contains(fresh.entry) else { return }
        fresh.file.close()
        try? fileSystem.remove(fresh.file.path)
    }
}
