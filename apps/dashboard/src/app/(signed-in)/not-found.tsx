import Link from 'next/link';
import { SearchX } from 'lucide-react';
import { buttonClass } from '../../components/button.tsx';
import { Empty } from '../../components/empty.tsx';

export default function NotFound() {
  return (
    <Empty icon={<SearchX aria-hidden="true" />} title="Nothing is stored under this address">
      <p>It may have been mistyped, or belong to another Outsider.</p>
      <Link href="/" className={buttonClass('plain', 'mt-3')}>
        Back to the overview
      </Link>
    </Empty>
  );
}
