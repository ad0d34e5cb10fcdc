"""The proxy that counts what passes between app and account."""

from urllib.parse import urlsplit
from uuid import uuid4

from azure.storage.blob.aio import BlobServiceClient

from bench.counting import counting_proxy
from devhost import azurite


async def test_it_counts_requests_and_the_bytes_of_their_bodies_both_ways(storage_account: str) -> None:
    async with BlobServiceClient.from_connection_string(storage_account) as straight:
        container = straight.get_container_client(f"c-{uuid4().hex}")
        await container.create_container()
        port = urlsplit(straight.url).port
        assert port

        async with counting_proxy(port) as (proxy, count):
            account = azurite.connection_string(proxy)
            async with BlobServiceClient.from_connection_string(account) as counted:
                blob = counted.get_blob_client(container.container_name, "CLM-1/history.jsonl")
                await blob.upload_blob(b"x" * 1000)
                read = await (await blob.download_blob()).readall()

        assert read == b"x" * 1000
        assert dict(count.requests) == {"PUT history.jsonl": 1, "GET history.jsonl": 1}
        assert count.bytes_moved == 2000
        assert count.seconds_there > 0

        count.reset()
        assert (count.requests.total(), count.bytes_moved, count.seconds_there) == (0, 0, 0)
