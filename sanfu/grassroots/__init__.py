"""服务园区和基层: requests, duties, posts and scenes of the towns."""
