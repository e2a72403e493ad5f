"""Adapters that need no vendor and no folder. All profiles except the tests' share them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from ports.card_package import CardPackage
    from ports.item_package import ItemPackages
    from ports.scheduler import Scheduler
    from ports.system import Clock, IdGenerator
    from ports.text_extractor import TextExtractor
    from ports.workers import Workers


class SystemAdapters:
    @lazy
    def clock(self) -> Clock:
        from adapters.system import SystemClock

        return SystemClock()

    @lazy
    def ids(self) -> IdGenerator:
        from adapters.system import UuidGenerator

        return UuidGenerator()

    @lazy
    def workers(self) -> Workers:
        from adapters.workers import ThreadWorkers

        return ThreadWorkers()

    @lazy
    def card_package(self) -> CardPackage:
        from adapters.anki_package import AnkiPackage

        return AnkiPackage()

    @lazy
    def item_packages(self) -> ItemPackages:
        from adapters.qti.package import QtiPackages

        return QtiPackages()

    @lazy
    def scheduler(self) -> Scheduler:
        from adapters.fsrs_scheduler import FsrsScheduler

        return FsrsScheduler()

    @lazy
    def extractor(self) -> TextExtractor:
        from adapters.extractors import DocumentTextExtractor

        return DocumentTextExtractor(self.clock)
