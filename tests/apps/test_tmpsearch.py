import time, statistics as st
from pathlib import Path
import pytest
import oneroom.project.cities
from django.db import connection
from oneroom.apps.places import queries
from oneroom.apps.places.models import Place
from oneroom.apps.places.services import load_network
from oneroom.engine.values import SYSTEM
from tests.clock import NIGHT
pytestmark = pytest.mark.django_db
QS=["n","nj","njdl","nanjing","南京东","南京东路/河南中路","Nanjing E Rd","nan jing dong lu","henan mid fuzhou","hnzl fzl","12 jiefang rd","z","zhong","road","zh s","人民","东方明珠","xx yy zz","31.23,121.47", "河南中路福州路", "hn","lishan wenhua e"]
def test_it():
    load_network((Path(oneroom.project.cities.__file__).parent/"shanghai.npz").read_bytes(), name="Shanghai", by=SYSTEM, at=NIGHT)
    n=Place.objects.count(); print("places",n)
    def run(label):
        for q in QS:
            ts=[]
            for _ in range(5):
                t=time.perf_counter(); f=queries.find_places(q); ts.append((time.perf_counter()-t)*1000)
            f = getattr(f,'places',f)
            print(label, repr(q), f"{st.median(ts):.1f} ms", [(p.kind[:4],p.name_zh,p.name_en) for p in f[:3]])
    run("x1")
    rows=list(Place.objects.all())
    import random
    rnd=random.Random(1)
    sy=["bei","jin","hai","lin","tao","yun","shan","gang","feng","xin"]
    for k in range(12):
        new=[]
        for r in rows:
            r2=Place(network_id=r.network_id,kind=r.kind,name_zh=r.name_zh+str(k),name_en=r.name_en+f" {k}",initials=r.initials,search=" "+sy[k%10]+rnd.choice(sy)+r.search,lon=r.lon,lat=r.lat,weight=r.weight)
            if hasattr(r,'code'): r2.code=''
            new.append(r2)
        Place.objects.bulk_create(new,batch_size=5000)
    with connection.cursor() as c: c.execute("ANALYZE places_place")
    queries.find_places("warm")
    print(Place.objects.count()); run("x13")
