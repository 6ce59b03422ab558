import Platform
import Synchronization

/// What the file thread does: calls that may take long and that nobody waits for at once. It syncs
/// the increment under `appendfsync everysec`, beside the writing, closes old files and removes
/// history: to give back the blocks of a large file can take a tenth of a second.
final class FileWorker: Steppable {
    struct SyncRequest: Sendable {
        let file: any File
        let mark: LogMark
    }

    private struct State {
        var sync: SyncRequest?
        var syncResult: Result<SyncRequest, SyncFailure>?
        var closing: [any File] = []
        var removing: [String] = []
        var didRemove = false
        var isEnding = false
    }

    struct SyncFailure: Error, Sendable {
        let request: SyncRequest
        let error: IOError
    }

    private let state = Mutex(State())
    /// Held by whoever does a step.
    private let work = Mutex<Void>(())
    private let fileSystem: any FileSystem
    private let wakeDataThread: @Sendable () -> Void
    private let notify: Notify

    init(
        _ fileSystem: any FileSystem, notify: @escaping Notify,
        wakeDataThread: @escaping @Sendable () -> Void
    ) {
        self.fileSystem = fileSystem
        self.notify = notify
        self.wakeDataThread = wakeDataThread
    }

    // The data thread's side; the worker is to be woken after each of these.

    func synchronize(_ request: SyncRequest) { state.withLock { $0.sync = request } }

    func close(_ files: [any File]) { state.withLock { $0.closing += files } }

    func remove(_ paths: [String]) { state.withLock { $0.removing += paths } }

    func end() { state.withLock { $0.isEnding = true } }

    /// What came of the last sync, once.
    func takeSyncResult() -> Result<SyncRequest, SyncFailure>? {
        state.withLock { state in
            defer { state.syncResult = nil }
            return state.syncResult
        }
    }

    /// Whether everything that was to be removed is, once.
    func takeDidRemove() -> Bool {
        state.withLock { state in
            defer { state.didRemove = false }
            return state.didRemove
        }
    }

    /// For the data thread: waits until no sync is under way, or does it.
    func finishSync() {
        while state.withLock({ $0.sync != nil }) { _ = step() }
    }

    func step() -> Step { work.withLock { _ in doNext() } }

    private func doNext() -> Step {
        if let request = state.withLock({ $0.sync }) {
            let result = perform(request)
            state.withLock { state in
                state.sync = nil
                state.syncResult = result
            }
            wakeDataThread()
            return .again
        }
        if let file = state.withLock({ $0.closing.popLast() }) {
            file.close()
            return .again
        }
        if let path = state.withLock({ $0.removing.popLast() }) {
            remove(path)
            return .again
        }
        return state.withLock { $0.isEnding } ? .finished : .idle
    }

    private func perform(_ request: SyncRequest) -> Result<SyncRequest, SyncFailure> {
        do throws(IOError) {
            try request.file.synchronize()
            return .success(request)
        } catch {
            return .failure(SyncFailure(request: request, error: error))
        }
    }

    private func remove(_ path: String) {
        notify(
            Notice(
                .notice, "Removing the history file \(FilePath.name(of: path)) in the background"))
        do throws(IOError) {
            try fileSystem.removeIfPresent(path)
        } catch {
            notify(Notice(.warning, "Can't remove \(path): \(error.message)"))
        }
        let isLast = state.withLock { state in
            if state.removing.isEmpty { state.didRemove = true }
            return state.didRemove
        }
        if isLast { wakeDataThread() }
    }
}
